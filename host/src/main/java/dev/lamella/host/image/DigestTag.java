package dev.lamella.host.image;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tags that say which manifest they are about, by its digest. That of the list of referrers is of
 * the OCI Distribution Specification 1.1 ("Referrers Tag Schema"); those of a signature, an
 * attestation and an SBOM are what cosign wrote before there were subjects.
 */
public final class DigestTag {
  /** Hexadecimal digits of the digest, as the specification has it. */
  private static final int LONGEST = 64;

  private static final String DIGEST = "sha(256|512)-[0-9a-f]{64,128}";
  private static final Pattern LIST = Pattern.compile(DIGEST);
  private static final Pattern ATTACHED = Pattern.compile(DIGEST + "\\.(sig|att|sbom)");

  private DigestTag() {}

  /** That of the list of what refers to the manifest. */
  public static Tag ofList(Digest subject) {
    String hex = subject.hex();
    return new Tag(
        subject.algorithm().prefix() + "-" + hex.substring(0, Math.min(LONGEST, hex.length())));
  }

  /** Whether it is the tag of a list of what refers to some manifest. */
  public static boolean isOfList(String tag) {
    return LIST.matcher(tag).matches();
  }

  /** Whether it is the tag of something that is about some manifest, in cosign's older form. */
  public static boolean isAttached(String tag) {
    return ATTACHED.matcher(tag).matches();
  }

  /** The tag of that text, where it is the tag of something that is about this manifest. */
  public static Optional<Tag> attachedTo(Digest subject, String tag) {
    return isAttached(tag) && tag.startsWith(ofList(subject) + ".")
        ? Optional.of(new Tag(tag))
        : Optional.empty();
  }
}
