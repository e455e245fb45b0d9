package dev.lamella.localstack;

import org.opentest4j.TestAbortedException;

/** Why tests do not run on this machine, in one line that is also printed. */
final class Skipped {
  private Skipped() {}

  static TestAbortedException because(String reason) {
    System.out.println("SKIPPED on this machine: " + reason);
    return new TestAbortedException(reason);
  }
}
