package dev.lamella.host.outcome;

/** How the command ends, for scripts. The codes are fixed: new ones are added at the end. */
public enum ExitCode {
  OK(0, "done"),
  INTERNAL(1, "a fault of lamella itself"),
  USAGE(2, "the command line is wrong"),
  BAD_SOURCE(3, "the source is not an image that can be read"),
  WRONG_CONTENT(4, "content does not match its digest"),
  REFUSED(5, "the store refused the request, or has no such image"),
  UNREACHABLE(6, "the store or one of its storage servers does not answer"),
  IO(7, "a local file cannot be read or written, or the disk is full"),
  INCOMPLETE(9, "not all was looked at, pulled, or removed that should be"),
  DAMAGED(10, "shards of stored layers are missing or wrong"),
  IN_USE(11, "another process has the port, the data directory or the target");

  private final int value;
  private final String meaning;

  ExitCode(int value, String meaning) {
    this.value = value;
    this.meaning = meaning;
  }

  public int value() {
    return value;
  }

  /** What it means, in a few words. */
  public String meaning() {
    return meaning;
  }
}
