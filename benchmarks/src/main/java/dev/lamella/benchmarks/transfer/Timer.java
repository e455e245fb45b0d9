package dev.lamella.benchmarks.transfer;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;

/** Takes times, and says on the way what it does. */
final class Timer {
  private final PrintStream told;

  Timer(PrintStream told) {
    this.told = told;
  }

  /** What is timed. */
  interface Step {
    void run() throws IOException;
  }

  /**
   * @return seconds
   */
  double time(String what, Step step) throws IOException {
    settle();
    long start = System.nanoTime();
    step.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    told.printf(Locale.ROOT, "  %-44s %8.2f s%n", what, seconds);
    return seconds;
  }

  /** What one side has left for the disk to write, and garbage, must not be paid by the other. */
  private static void settle() throws IOException {
    System.gc();
    try {
      var _ = new ProcessBuilder("sync").start().waitFor();
    } catch (IOException e) {
      // There is no such command here: the runs are a little noisier.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
