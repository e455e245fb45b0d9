package dev.lamella.tests;

import static dev.lamella.tests.ManifestText.CONFIG;
import static dev.lamella.tests.ManifestText.EMPTY;
import static dev.lamella.tests.ManifestText.MANIFEST;
import static dev.lamella.tests.ManifestText.annotations;
import static dev.lamella.tests.ManifestText.bytes;
import static dev.lamella.tests.ManifestText.descriptor;
import static dev.lamella.tests.ManifestText.sha256;
import static dev.lamella.tests.RawHost.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Parallel;
import dev.lamella.core.api.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Tags and the catalogue, page by page, and tags that move while they are read. */
class TagTest extends StackTest {
  private static final int MANY = 500;
  private static final String FIRST = note("first");
  private static final String SECOND = note("second");

  private RawHost host;

  @BeforeAll
  void connect() {
    host = host();
  }

  @Test
  void list_manyTags_isOnePageOrAsManyAsWanted() throws IOException {
    host.store("many", EMPTY);
    List<String> tags = IntStream.range(0, MANY).mapToObj("t%05d"::formatted).toList();
    Parallel.map(tags, 8, tag -> put("many", tag, FIRST));

    HttpResponse<byte[]> all = host.call("GET", "/v2/many/tags/list", "");

    assertThat(names(all, "tags")).isEqualTo(tags);
    assertThat(RawHost.next(all)).isEmpty();
    assertThat(pages("/v2/many/tags/list?n=200", "tags"))
        .containsExactly(tags.subList(0, 200), tags.subList(200, 400), tags.subList(400, MANY));
  }

  /** More than a megabyte of items: the table's own pages must not show. */
  @Tag("full")
  @Test
  void list_10000Tags_areAllThereByPagesOfAnySize() throws IOException {
    host.store("most", EMPTY);
    put("most", "t00000", FIRST);
    List<String> tags = IntStream.range(0, 10_000).mapToObj("t%05d"::formatted).toList();
    putRecords("most", tags);

    assertThat(pages("/v2/most/tags/list", "tags")).containsExactly(tags);
    List<List<String>> pages = pages("/v2/most/tags/list?n=999", "tags");
    assertThat(pages).hasSize(11);
    assertThat(pages.stream().flatMap(List::stream)).isEqualTo(tags);
    assertThat(host.call("GET", "/v2/most/manifests/t09999", "").body()).isEqualTo(bytes(FIRST));
  }

  @Test
  void list_withLastAndN_isAsTheSpecificationSays() throws IOException {
    host.store("few", EMPTY);
    for (String tag : List.of("b", "a", "c", "B")) {
      put("few", tag, FIRST);
    }

    assertThat(text(host.call("GET", "/v2/few/tags/list", "")))
        .isEqualTo("{\"name\":\"few\",\"tags\":[\"B\",\"a\",\"b\",\"c\"]}");
    assertThat(pages("/v2/few/tags/list?n=4", "tags")).hasSize(1);
    assertThat(pages("/v2/few/tags/list?n=0", "tags")).containsExactly(List.of());
    assertThat(pages("/v2/few/tags/list?last=aa&n=1", "tags"))
        .containsExactly(List.of("b"), List.of("c"));
    assertThat(pages("/v2/few/tags/list?last=c", "tags")).containsExactly(List.of());
    for (String query : List.of("n=&last=", "last=%2F", "n=1000000000000000000000000000000")) {
      assertThat(pages("/v2/few/tags/list?" + query, "tags"))
          .containsExactly(List.of("B", "a", "b", "c"));
    }
    assertThat(pages("/v2/few/tags/list?last=a%20b", "tags")).containsExactly(List.of("b", "c"));
    // As distribution has it, what is no number is not a number.
    for (String query : List.of("n=x", "n=-1")) {
      assertThat(host.call("GET", "/v2/few/tags/list?" + query, "").statusCode()).isEqualTo(400);
    }
    HttpResponse<byte[]> unknown = host.call("GET", "/v2/unknown/tags/list", "");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(text(unknown)).contains("NAME_UNKNOWN");
  }

  @Test
  void catalogue_pages_nameImagesAsLongAsTheyHaveManifests() throws IOException {
    List<String> images = List.of("zoo/a", "zoo/a-b", "zoo/a/b", "zoo/b");
    for (String image : images) {
      host.store(image, EMPTY);
      put(image, "latest", FIRST);
    }
    host.store("zoo/empty", EMPTY);

    assertThat(pages("/v2/_catalog?last=zoo&n=3", "repositories"))
        .containsExactly(images.subList(0, 3), images.subList(3, 4));

    host.call("DELETE", "/v2/zoo/a-b/manifests/" + sha256(FIRST), "");
    assertThat(pages("/v2/_catalog?last=zoo", "repositories"))
        .containsExactly(List.of("zoo/a", "zoo/a/b", "zoo/b"));
    assertThat(host.call("GET", "/v2/zoo/a-b/tags/list", "").statusCode()).isEqualTo(404);
  }

  @Test
  void put_byTwoClientsToOneTag_lastOneWinsAndNoReaderSeesAMixture() throws Exception {
    host.store("raced", EMPTY);
    put("raced", "latest", FIRST);
    AtomicBoolean goesOn = new AtomicBoolean(true);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> readers =
          IntStream.range(0, 3).mapToObj(_ -> clients.submit(() -> read(goesOn))).toList();
      List<Future<Integer>> writers =
          List.of(FIRST, SECOND).stream()
              .map(manifest -> clients.submit(() -> write(manifest, 30)))
              .toList();
      for (Future<Integer> writer : writers) {
        assertThat(writer.get()).isEqualTo(30);
      }
      goesOn.set(false);
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isPositive();
      }
    }
    for (String last : List.of(FIRST, SECOND, FIRST)) {
      put("raced", "latest", last);
      assertThat(host.call("GET", "/v2/raced/manifests/latest", "").body()).isEqualTo(bytes(last));
    }
  }

  private int read(AtomicBoolean goesOn) throws IOException {
    int reads = 0;
    while (goesOn.get()) {
      HttpResponse<byte[]> answer = host.call("GET", "/v2/raced/manifests/latest", "");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isIn(bytes(FIRST), bytes(SECOND));
      assertThat(answer.headers().firstValue("Docker-Content-Digest"))
          .contains(RawHost.sha256(answer.body()).toString());
      reads++;
    }
    return reads;
  }

  private int write(String manifest, int times) {
    for (int i = 0; i < times; i++) {
      put("raced", "latest", manifest);
    }
    return times;
  }

  /** 201, or the test fails. */
  private int put(String image, String tag, String manifest) {
    try {
      HttpResponse<byte[]> answer = host.putManifest(image, tag, MANIFEST, bytes(manifest));
      assertThat(answer.statusCode()).as(text(answer)).isEqualTo(201);
      return answer.statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tags as the functions write them, but many at a time. */
  private void putRecords(String image, List<String> tags) {
    Map<String, String> environment = stack().environment("MetadataFunction");
    String table = environment.get("TABLE");
    try (DynamoDbClient dynamoDb = Inventory.dynamoDb(environment)) {
      Parallel.map(
          tags.stream().gather(Gatherers.windowFixed(25)).toList(),
          8,
          batch ->
              dynamoDb.batchWriteItem(
                  write ->
                      write.requestItems(
                          Map.of(table, batch.stream().map(tag -> record(image, tag)).toList()))));
    }
  }

  private static WriteRequest record(String image, String tag) {
    Map<String, AttributeValue> item =
        Map.of(
            "PK", AttributeValue.fromS("IMAGE#" + image),
            "SK", AttributeValue.fromS("TAG#" + tag),
            "digest", AttributeValue.fromS(sha256(FIRST).toString()),
            "time", AttributeValue.fromS("2026-01-01T00:00:00.000000000Z"));
    return WriteRequest.builder().putRequest(put -> put.item(item)).build();
  }

  private List<List<String>> pages(String path, String field) throws IOException {
    List<List<String>> pages = new ArrayList<>();
    Optional<String> next = Optional.of(path);
    while (next.isPresent()) {
      HttpResponse<byte[]> page = host.call("GET", next.get(), "");
      assertThat(page.statusCode()).as(text(page)).isEqualTo(200);
      pages.add(names(page, field));
      next = RawHost.next(page);
    }
    return pages;
  }

  private static List<String> names(HttpResponse<byte[]> answer, String field) {
    List<String> names = new ArrayList<>();
    Json.tree(answer.body()).path(field).forEach(name -> names.add(name.asString()));
    return names;
  }

  private static String note(String text) {
    return ManifestText.manifest(MANIFEST, descriptor(CONFIG, EMPTY), annotations("is=" + text));
  }
}
