package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.chain.Verdict;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the shard records of an upload prove its digest. Each record's link was checked against
 * the very bytes that were written; that the links join is checked here, from the records alone and
 * never from what a host said.
 */
final class Proof {
  private Proof() {}

  /**
   * @param shards all of them, in order of index
   * @throws Refusal {@code DIGEST_INVALID}, naming the shard at which the chain breaks
   */
  static void require(Upload upload, List<Shard> shards) {
    boolean isChain = upload.digest().algorithm() == Digest.Algorithm.SHA256;
    Optional<Digest> found =
        upload.proven().filter(proven -> proven.algorithm() == upload.digest().algorithm());
    if (!isChain && found.isEmpty()) {
      throw new Refusal(
          ErrorCode.DIGEST_INVALID, upload.digest() + " is not proven yet: complete again later");
    }
    if (found.isPresent() && !found.get().equals(upload.digest())) {
      throw new Refusal(
          ErrorCode.DIGEST_INVALID,
          "the bytes sent have the digest "
              + found.get()
              + ", not "
              + upload.digest()
              + ": end this upload and send the layer again");
    }
    switch (Layer.verdict(upload.digest(), upload.slicing(), shards)) {
      case Verdict.Proven() -> {}
      case Verdict.Broken(int index, String why) ->
          throw new Refusal(
              ErrorCode.DIGEST_INVALID,
              "shard "
                  + index
                  + " breaks the digest chain ("
                  + why
                  + "): end this upload and send the layer again",
              Map.of("shard", index));
    }
  }
}
