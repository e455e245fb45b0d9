package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Verdict;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Proven;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the shard records of an upload prove its digest. Each record's link was checked against
 * the very bytes that were written; that the links join, and end in the state of the bytes whose
 * digest was found, is checked here: from the records, and never from what a host said.
 */
final class Proof {
  private Proof() {}

  /**
   * @param layer to be made visible, of this upload
   * @param shards all of them, in order of index
   * @return the layer, with what proves it
   * @throws Refusal {@code DIGEST_INVALID}, naming the shard at which the chain breaks
   */
  static Layer require(Upload upload, Layer layer, List<Shard> shards) {
    Layer proven =
        switch (layer.digest().algorithm()) {
          case SHA256 -> layer;
          case SHA512 -> ending(upload, layer, shards.getLast().link().after());
        };
    return switch (proven.verdict(shards)) {
      case Verdict.Proven() -> proven;
      case Verdict.Broken(int index, String why) ->
          throw refusal(
              "shard "
                  + index
                  + " breaks the digest chain ("
                  + why
                  + "): end this upload and send the layer again",
              Map.of("shard", index));
    };
  }

  private static Layer ending(Upload upload, Layer layer, ChainState end) {
    if (upload.repairs().isPresent()) {
      // Nothing new becomes visible: the records are those of the stored layer.
      return upload.proven().map(Proven::end).map(layer::ending).orElse(layer);
    }
    Optional<Digest> found =
        upload.proven().filter(proven -> proven.end().equals(end)).map(Proven::digest);
    if (found.isEmpty()) {
      throw refusal(
          "what was read of this upload for "
              + layer.digest()
              + " is not what is stored of it: its parts were replaced meanwhile; end this upload"
              + " and send the layer again",
          Map.of());
    }
    if (!found.get().equals(layer.digest())) {
      throw refusal(
          "the bytes sent have the digest "
              + found.get()
              + ", not "
              + layer.digest()
              + ": end this upload and send the layer again",
          Map.of());
    }
    return layer.ending(end);
  }

  private static Refusal refusal(String message, Map<String, Object> detail) {
    return new Refusal(ErrorCode.DIGEST_INVALID, message, detail);
  }
}
