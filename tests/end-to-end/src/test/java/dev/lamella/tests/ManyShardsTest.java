package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.local.LocalStackOptions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A layer of more shards than any page has; in the full run, the largest there can be: 10,000. Its
 * bytes would not fit on the machine, so its shard records are written as shard-writers would, and
 * all that the API does with them is real.
 */
class ManyShardsTest extends StackTest {
  private static final RepositoryName IMAGE = new RepositoryName("large/most-shards");
  private static final int COUNT = Boolean.getBoolean("lamella.full") ? Slicing.MOST_SHARDS : 2_000;
  private static final Slicing SLICING = new Slicing((long) COUNT * SHARD, SHARD);

  /** Lambda takes 6 MB of a function's answer, base64 included. */
  private static final int LARGEST_ANSWER = 6_000_000 * 3 / 4;

  private final Map<String, Map<String, String>> environments = new ConcurrentHashMap<>();

  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return super.options(options)
        .withEnvironment(
            (function, environment) -> {
              environments.put(function, environment);
              return environment;
            });
  }

  @Test
  void layerOfTheMostShards_isReportedCommittedAndMappedInAnswersThatLambdaTakes()
      throws IOException {
    List<ChainState> chain = chain();
    Digest digest = Digest.sha256(chain.getLast().bytes());
    UploadProgress upload = host().open(IMAGE.value(), digest, SLICING.size());
    assertThat(upload.parts()).hasSizeLessThan(COUNT);
    write(upload.upload(), chain);

    UploadProgress progress =
        small(host().call("GET", "/v1/uploads/" + upload.upload(), ""), UploadProgress.class);
    assertThat(progress.written()).hasSize(COUNT);

    HttpResponse<byte[]> completed =
        host().complete(upload.upload(), digest, SLICING.size(), Optional.empty());
    assertThat(completed.statusCode()).as(RawHost.text(completed)).isEqualTo(201);

    List<ShardMap.Entry> map = map(digest);
    assertThat(map).extracting(ShardMap.Entry::index).isEqualTo(indexes());
    assertThat(map).extracting(ShardMap.Entry::after).isEqualTo(chain);
  }

  /** Any states do: whether bytes lead from one to the next is for shard-writers to check. */
  private static List<ChainState> chain() {
    return indexes().stream().map(index -> ChainState.of(RawHost.bytes(32, index))).toList();
  }

  private static List<Integer> indexes() {
    return IntStream.range(0, COUNT).boxed().toList();
  }

  private void write(LayerId upload, List<ChainState> chain) {
    ShardIndex index =
        new Adapters(new Environment(environments.getOrDefault("ShardWriterFunction", Map.of())))
            .shards();
    Parallel.map(indexes(), 16, shard -> index.put(shard(upload, shard, chain)));
  }

  private static Shard shard(LayerId upload, int index, List<ChainState> chain) {
    ChainState before = index == 0 ? ChainState.INITIAL : chain.get(index - 1);
    Link link = new Link(before, chain.get(index));
    return new Shard(
        IMAGE,
        upload,
        index,
        SLICING.offset(index),
        SLICING.length(index),
        link,
        List.of(
            Copy.at("s" + index % 4, Shard.keyOf(upload, index, link))
                .written("crc32c:AAAAAA==", "\"f1d3ff8443297732862df21dc4e57262\"")));
  }

  private List<ShardMap.Entry> map(Digest digest) throws IOException {
    List<ShardMap.Entry> map = new ArrayList<>();
    for (OptionalInt from = OptionalInt.of(0); from.isPresent(); ) {
      String path = "/v1/layers/" + digest + "?image=" + IMAGE + "&from=" + from.getAsInt();
      ShardMap page = small(host().call("GET", path, ""), ShardMap.class);
      map.addAll(page.map());
      from = page.next();
    }
    return map;
  }

  private static <T> T small(HttpResponse<byte[]> answer, Class<T> type) {
    assertThat(answer.statusCode()).as(RawHost.text(answer)).isEqualTo(200);
    assertThat(answer.body()).hasSizeLessThan(LARGEST_ANSWER);
    return Json.read(answer.body(), type);
  }
}
