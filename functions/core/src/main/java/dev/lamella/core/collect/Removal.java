package dev.lamella.core.collect;

import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.collect.Sweep.Finds;
import java.util.List;
import java.util.Optional;

/** How far the removal of an upload's remains came. */
sealed interface Removal {
  /** Nothing is left. */
  record Gone() implements Removal {}

  /** Something cannot be removed. */
  record Kept(String why) implements Removal {}

  /** Time was over: the next time it goes on. */
  record Begun() implements Removal {}

  /** What a sweep tells of it. */
  default Finds of(String name, long bytes) {
    return switch (this) {
      case Gone() -> Finds.of(Find.of(name, bytes));
      case Kept(String why) -> Finds.of(Find.kept(name, why));
      case Begun() -> new Finds(List.of(), Optional.empty(), true);
    };
  }
}
