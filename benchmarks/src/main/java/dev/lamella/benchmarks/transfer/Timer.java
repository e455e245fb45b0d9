package dev.lamella.benchmarks.transfer;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * Takes times, and says on the way what it does, and how much of the processors all of it took:
 * host, functions, S3 and DynamoDB are one process, and other work on the machine bends that least.
 */
final class Timer {
  private static final OperatingSystemMXBean MACHINE =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final PrintStream told;

  Timer(PrintStream told) {
    this.told = told;
  }

  /** What is timed. */
  interface Timed {
    void run() throws IOException;
  }

  /**
   * @return seconds
   */
  double time(String what, Timed timed) throws IOException {
    settle();
    long used = MACHINE.getProcessCpuTime();
    long start = System.nanoTime();
    timed.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpu = (MACHINE.getProcessCpuTime() - used) / 1e9;
    told.printf(Locale.ROOT, "  %-38s %8.2f s %8.2f CPU s%n", what, seconds, cpu);
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
