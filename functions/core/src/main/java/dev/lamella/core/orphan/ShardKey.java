package dev.lamella.core.orphan;

import dev.lamella.core.LayerId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the key of an object says which shard it is. */
public record ShardKey(LayerId layer, int index) {
  private static final Pattern FORM = Pattern.compile("layers/([a-f0-9]{32})/(\\d{8})-[a-f0-9]+");

  /** Empty for a key that is not of a shard. */
  public static Optional<ShardKey> parse(String key) {
    Matcher form = FORM.matcher(key);
    return form.matches()
        ? Optional.of(new ShardKey(new LayerId(form.group(1)), Integer.parseInt(form.group(2))))
        : Optional.empty();
  }
}
