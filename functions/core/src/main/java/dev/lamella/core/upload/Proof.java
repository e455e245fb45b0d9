package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.chain.Verdict;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import java.util.List;
import java.util.Map;

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
    upload
        .proven()
        .filter(found -> found.algorithm() == upload.digest().algorithm())
        .filter(found -> !found.equals(upload.digest()))
        .ifPresent(
            found -> {
              throw new Refusal(
                  ErrorCode.DIGEST_INVALID,
                  "the bytes sent have the digest "
                      + found
                      + ", not "
                      + upload.digest()
                      + ": end this upload and send the layer again");
            });
    boolean isChain = upload.digest().algorithm() == Digest.Algorithm.SHA256;
    if (!isChain && upload.proven().isEmpty()) {
      throw new Refusal(
          ErrorCode.DIGEST_INVALID, upload.digest() + " is not proven yet: complete again later");
    }
    List<Link> links = shards.stream().map(Shard::link).toList();
    ChainState end = isChain ? ChainState.ofHex(upload.digest().hex()) : links.getLast().after();
    switch (Verdict.ofLinks(upload.slicing().count(), links, end)) {
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
