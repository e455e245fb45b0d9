package dev.lamella.core.port;

import dev.lamella.core.LayerId;
import java.time.Instant;
import java.util.Optional;

/** Which layers are assembled, and which are being assembled now. Each method is atomic. */
public interface AssemblyIndex {

  /**
   * What is noted of a layer.
   *
   * @param claimed until when somebody has it to assemble
   * @param assembled when it was last assembled, unless somebody is at it
   */
  record Assembly(Optional<Instant> claimed, Optional<Instant> assembled) {
    /** Nothing. */
    public static final Assembly NONE = new Assembly(Optional.empty(), Optional.empty());

    public boolean isClaimed(Instant now) {
      return claimed.filter(now::isBefore).isPresent();
    }
  }

  Assembly find(LayerId layer);

  /**
   * Claims a layer for one who assembles it, until a time at which he is done or dead.
   *
   * @param seen what was found before
   * @return false, with nothing changed, where somebody's claim holds, or the layer was assembled
   *     since it was seen
   */
  boolean claim(LayerId layer, Assembly seen, Instant now, Instant until);

  /**
   * Notes that the layer is assembled, which ends the claim until that time.
   *
   * @return false, with nothing changed, where that claim has ended: shards were found damaged
   *     ({@link LayerIndex#damage}), or another has it
   */
  boolean assembled(LayerId layer, Instant until, Instant at);

  /** Ends the claim until that time, with nothing assembled; nothing where another's holds. */
  void release(LayerId layer, Instant until);
}
