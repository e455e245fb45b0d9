package dev.lamella.core.access;

/**
 * What an account may use at a time: its own {@link Limits}, and what the store allows every
 * account where it has none.
 */
public record Allowance(long layerBytes, int uploads, long stagedBytes, int uploadsPerMinute) {
  public Allowance with(Limits own) {
    return new Allowance(
        own.layerBytes().orElse(layerBytes),
        own.uploads().orElse(uploads),
        own.stagedBytes().orElse(stagedBytes),
        own.uploadsPerMinute().orElse(uploadsPerMinute));
  }
}
