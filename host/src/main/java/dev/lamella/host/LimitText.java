package dev.lamella.host;

import dev.lamella.core.access.Limits;
import dev.lamella.core.api.AccountAnswer;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Limits of an account, as commands take and show them. */
final class LimitText {
  private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,6})(MiB|GiB|TiB)");
  private static final List<String> UNITS = List.of("TiB", "GiB", "MiB");
  private static final int TEBI = 40;
  private static final int STEP = 10;

  private LimitText() {}

  /**
   * @param text such as {@code 20GiB}
   */
  static long bytes(String option, String text) {
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      throw new HostFailure(
          ExitCode.USAGE, "%s is such as 500MiB, 20GiB or 2TiB, not '%s'".formatted(option, text));
    }
    return Long.parseLong(size.group(1)) << (TEBI - STEP * UNITS.indexOf(size.group(2)));
  }

  /** In a few words. */
  static String of(AccountAnswer account) {
    if (account.administrator()) {
      return "no limits, since it administers the store";
    }
    Limits limits = account.limits();
    String own =
        Stream.of(
                limits.layerBytes().map(bytes -> "layers up to " + text(bytes)),
                limits.uploads().map(count -> count + " uploads at a time"),
                limits.stagedBytes().map(bytes -> text(bytes) + " in uploads"),
                limits.uploadsPerMinute().map(count -> count + " uploads a minute"))
            .flatMap(Optional::stream)
            .collect(Collectors.joining(", "));
    return own.isEmpty() ? "the limits of every account" : own;
  }

  /** For a table: "usual" where it has none of its own. */
  static String cell(AccountAnswer account) {
    return account.administrator()
        ? "none"
        : account.limits().equals(Limits.USUAL) ? "usual" : of(account);
  }

  private static String text(long bytes) {
    for (int i = 0; i < UNITS.size(); i++) {
      int shift = TEBI - STEP * i;
      if (bytes >> shift << shift == bytes) {
        return (bytes >> shift) + " " + UNITS.get(i);
      }
    }
    return bytes + " bytes";
  }
}
