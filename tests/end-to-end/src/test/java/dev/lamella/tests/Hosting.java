package dev.lamella.tests;

import dev.lamella.core.Digest;
import dev.lamella.host.progress.Progress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A container host in a JVM of its own. Pushes or pulls to a point, says {@code here} and stands
 * still, to be killed there; or comes to its end, and says {@code ended}.
 */
final class Hosting {
  /** Never stands still. */
  static final int END = Integer.MAX_VALUE;

  /** Stands still where the first blob is done. */
  static final int FIRST_BLOB = -1;

  private Hosting() {}

  /**
   * @param what push or pull
   * @param place from or to which
   * @param last how many pieces of blobs move until it stands still; or {@link #END}, or {@link
   *     #FIRST_BLOB}
   */
  static Child start(Host host, String what, Path place, String name, int last) throws IOException {
    return Child.start(
        Hosting.class,
        what,
        host.store().toString(),
        host.cache().toString(),
        Integer.toString(host.parallel()),
        place.toString(),
        name,
        Integer.toString(last));
  }

  public static void main(String[] arguments) {
    Progress standing = new StandingStill(Integer.parseInt(arguments[6]));
    Host host =
        new Host(
            URI.create(arguments[1]),
            Path.of(arguments[2]),
            standing,
            Integer.parseInt(arguments[3]),
            Host.QUICK);
    Path place = Path.of(arguments[4]);
    if (arguments[0].equals("push")) {
      host.push(place, arguments[5]);
    } else {
      host.pull(arguments[5], place);
    }
    System.out.println("ended");
  }

  private static final class StandingStill implements Progress {
    private final int last;
    private int pieces;

    StandingStill(int last) {
      this.last = last;
    }

    @Override
    public void begin(Digest blob, long size) {}

    @Override
    public synchronized void moved(Digest blob, long bytes) {
      pieces++;
      if (last != FIRST_BLOB && pieces >= last) {
        stand();
      }
    }

    @Override
    public synchronized void end(Digest blob, String outcome) {
      if (last == FIRST_BLOB) {
        stand();
      }
    }

    private static void stand() {
      System.out.println("here");
      while (true) {
        LockSupport.park();
      }
    }

    @Override
    public void note(String line) {}
  }
}
