package dev.lamella.core;

import static dev.lamella.core.Quoted.quoted;

import java.util.regex.Pattern;

/** What names a manifest within a repository: a tag, or the manifest's digest. */
public sealed interface Reference {

  /** A name that can be moved from one manifest to another. */
  record Tag(String value) implements Reference {
    private static final Pattern GRAMMAR = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

    /**
     * @throws Refusal {@code TAG_INVALID} outside the specification's grammar
     */
    public Tag {
      if (!GRAMMAR.matcher(value).matches()) {
        throw new Refusal(
            ErrorCode.TAG_INVALID,
            "a tag is 1 to 128 letters, digits, '_', '.' and '-', unlike " + quoted(value));
      }
    }

    @Override
    public String toString() {
      return value;
    }
  }

  /** The manifest that has this digest, for ever. */
  record ByDigest(Digest digest) implements Reference {
    @Override
    public String toString() {
      return digest.toString();
    }
  }

  /**
   * A text with a colon is a digest, any other a tag.
   *
   * @throws Refusal {@code DIGEST_INVALID} or {@code TAG_INVALID}
   */
  static Reference parse(String text) {
    return text.indexOf(':') >= 0 ? new ByDigest(Digest.parse(text)) : new Tag(text);
  }
}
