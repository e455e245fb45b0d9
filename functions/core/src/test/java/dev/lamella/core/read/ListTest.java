package dev.lamella.core.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.NamePattern;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Access;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.core.access.Permissions;
import dev.lamella.core.api.ImageList;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.ReferrerIndex;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.core.memory.MemoryIndex;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.Page;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListTest {
  private static final RepositoryName IMAGE = new RepositoryName("team/app");
  private static final Digest SUBJECT = Digest.parse("sha256:" + "1".repeat(64));
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final ImageIndex images = MemoryIndex.create().images();
  private final ListTags listTags = new ListTags(images);
  private final ListReferrers listReferrers = new ListReferrers(images);

  @Test
  void tags_moreThanAPageHas_goOnInTheNext() {
    Manifest manifest = manifest("{\"schemaVersion\":2,\"manifests\":[]}");
    List<Tag> tags =
        IntStream.range(0, ListTags.MOST + 1).mapToObj("t%05d"::formatted).map(Tag::new).toList();
    tags.forEach(tag -> images.put(IMAGE, manifest, Optional.of(tag), true, NOW));

    Page<Tag> first = listTags.page(IMAGE, Optional.empty(), Integer.MAX_VALUE);

    assertThat(first.items()).isEqualTo(tags.subList(0, ListTags.MOST));
    assertThat(first.next()).contains("t09999");
    assertThat(listTags.page(IMAGE, first.next(), 5).items()).containsExactly(tags.getLast());
    assertThat(listTags.page(IMAGE, Optional.empty(), 0))
        .isEqualTo(new Page<>(List.of(), Optional.empty()));
    assertThat(listTags.page(IMAGE, Optional.of(tags.getLast().value()), 5))
        .isEqualTo(new Page<>(List.of(), Optional.empty()));
  }

  @Test
  void tags_ofAnUnknownImage_areRefused() {
    assertThatThrownBy(() -> listTags.page(IMAGE, Optional.empty(), 1))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NAME_UNKNOWN));
  }

  @Test
  void tags_ofAnImageWithoutAny_areEmpty() {
    images.put(
        IMAGE, manifest("{\"schemaVersion\":2,\"manifests\":[]}"), Optional.empty(), true, NOW);
    assertThat(listTags.page(IMAGE, Optional.empty(), 1).items()).isEmpty();
  }

  @Test
  void referrers_ofManyPagesOfTheIndex_areFilteredAndEachThereOnce() {
    for (int i = 0; i < 60; i++) {
      images.put(IMAGE, about("text/" + i % 2, "note " + i), Optional.empty(), true, NOW);
    }
    assertThat(all(Optional.empty())).hasSize(60).doesNotHaveDuplicates();
    assertThat(all(Optional.of("text/1")))
        .hasSize(30)
        .allMatch(entry -> entry.artifactType().equals(Optional.of("text/1")));
    assertThat(all(Optional.of("text/2"))).isEmpty();
  }

  @Test
  void referrers_largerThanAnAnswer_goOnInTheNextPage() {
    for (int i = 0; i < 5; i++) {
      images.put(IMAGE, about("text/x", "x".repeat(1_900_000) + i), Optional.empty(), true, NOW);
    }
    Page<ReferrerIndex.Entry> first =
        listReferrers.page(IMAGE, SUBJECT, Optional.empty(), Optional.empty());
    assertThat(first.items()).hasSize(2);
    assertThat(first.next()).contains(first.items().getLast().digest().toString());
    assertThat(all(Optional.empty())).hasSize(5).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "'', A-1 a_2 z",
    "' ', A-1 a_2 z",
    "/, A-1 a_2 z",
    "A-1~, a_2 z",
    "A-1, a_2 z",
    "A-, A-1 a_2 z",
    "a é, a_2 z",
    "a_2/x, z",
    "~, ''",
    "z, ''",
    "é, ''"
  })
  void tags_afterAnyText_goOnThere(String last, String expected) {
    Manifest manifest = manifest("{\"schemaVersion\":2,\"manifests\":[]}");
    for (String tag : List.of("a_2", "z", "A-1")) {
      images.put(IMAGE, manifest, Optional.of(new Tag(tag)), true, NOW);
    }
    List<String> tags =
        listTags.page(IMAGE, Optional.of(last), 5).items().stream().map(Tag::value).toList();
    assertThat(String.join(" ", tags)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"'', a/b team/app", "A, a/b team/app", "a/, a/b team/app", "a/b/, team/app", "~, ''"})
  void names_afterAnyText_goOnThere(String last, String expected) {
    Manifest manifest = manifest("{\"schemaVersion\":2,\"manifests\":[]}");
    images.put(IMAGE, manifest, Optional.empty(), true, NOW);
    images.put(new RepositoryName("a/b"), manifest, Optional.empty(), true, NOW);
    Images list = new Images(images, MemoryIndex.create().layers());
    List<String> names =
        list.names(Caller.ANYBODY, Optional.of(last), 5).items().stream()
            .map(RepositoryName::value)
            .toList();
    assertThat(String.join(" ", names)).isEqualTo(expected);
  }

  @Test
  void names_ofACallerWhoSeesSome_fillThePagesWithThose() {
    Manifest manifest = manifest("{\"schemaVersion\":2,\"manifests\":[]}");
    for (int i = 0; i < 500; i++) {
      String team = i % 100 == 7 ? "mine" : "theirs";
      RepositoryName name = new RepositoryName("i%03d/%s".formatted(i, team));
      images.put(name, manifest, Optional.empty(), true, NOW);
    }
    Caller caller =
        new Caller(
            "ci",
            new Permissions() {
              @Override
              public boolean allow(Action action, RepositoryName repository) {
                return action == Action.PULL && repository.value().endsWith("/mine");
              }

              @Override
              public boolean allowOnStore(Action action) {
                return false;
              }

              @Override
              public List<NamePattern> pullable() {
                return List.of(new NamePattern("*/mine"));
              }
            });
    Images list = new Images(images, MemoryIndex.create().layers());

    Page<RepositoryName> first = list.names(caller, Optional.empty(), 3);
    Page<RepositoryName> second = list.names(caller, first.next(), 3);

    assertThat(first.items())
        .extracting(RepositoryName::value)
        .containsExactly("i007/mine", "i107/mine", "i207/mine");
    assertThat(second.items())
        .extracting(RepositoryName::value)
        .containsExactly("i307/mine", "i407/mine");
    assertThat(second.next()).isEmpty();
    assertThat(list.list(caller, Optional.empty()).images()).hasSize(5);
  }

  /** What others have costs nothing, and comes in no list. */
  @Test
  void names_ofACallerWithFewRights_areLookedForWhereTheyCanBe() {
    Manifest manifest = manifest("{\"schemaVersion\":2,\"manifests\":[]}");
    for (int i = 0; i < 1_000; i++) {
      images.put(name("i%03d/x", i), manifest, Optional.empty(), true, NOW);
    }
    for (String mine : List.of("a", "a-b/c", "a/b", "i500", "i500/x/y", "team/1", "team/2", "z")) {
      images.put(new RepositoryName(mine), manifest, Optional.empty(), true, NOW);
    }
    List<NamePattern> patterns =
        Stream.of("z", "team/*", "team/1", "a/*", "a", "a-b/*", "i500", "i500/x/*", "nothing/*")
            .map(NamePattern::new)
            .toList();
    Caller caller = new Caller("ci", new Access(Map.of(), patterns, false));
    AtomicInteger reads = new AtomicInteger();
    Images list = new Images(counted(reads), MemoryIndex.create().layers());
    assertThat(list.names(caller, Optional.empty(), 100).items())
        .extracting(RepositoryName::value)
        .containsExactly("a", "a-b/c", "a/b", "i500", "i500/x/y", "team/1", "team/2", "z");
    assertThat(list.names(caller, Optional.of("i500"), 2).items())
        .extracting(RepositoryName::value)
        .containsExactly("i500/x/y", "team/1");
    assertThat(reads.get()).isLessThan(20);
    reads.set(0);
    assertThat(list.names(caller(), Optional.empty(), 100).items()).isEmpty();
    assertThat(reads.get()).isZero();
  }

  private static Caller caller() {
    return new Caller("anonymous", new Access(Map.of(), List.of(), false));
  }

  private static RepositoryName name(String format, int number) {
    return new RepositoryName(format.formatted(number));
  }

  private ImageIndex counted(AtomicInteger calls) {
    return (ImageIndex)
        Proxy.newProxyInstance(
            ImageIndex.class.getClassLoader(),
            new Class<?>[] {ImageIndex.class},
            (_, method, arguments) -> {
              calls.incrementAndGet();
              return method.invoke(images, arguments);
            });
  }

  @Test
  void referrers_afterAnyText_goOnThere() {
    images.put(IMAGE, about("text/x", "1"), Optional.empty(), true, NOW);
    for (String text : List.of("", "a", "sha256:")) {
      assertThat(listReferrers.page(IMAGE, SUBJECT, Optional.empty(), Optional.of(text)).items())
          .hasSize(1);
    }
    assertThat(listReferrers.page(IMAGE, SUBJECT, Optional.empty(), Optional.of("t")).items())
        .isEmpty();
  }

  @Test
  void images_withTheLongestTags_fitAnAnswerAndEachIsThereOnce() {
    Manifest manifest = manifest("{\"schemaVersion\":2,\"manifests\":[]}");
    for (int i = 0; i < 60; i++) {
      RepositoryName name = new RepositoryName("team/%03d".formatted(i));
      for (int tag = 0; tag < 1_000; tag++) {
        Tag longest = new Tag("%0128d".formatted(tag));
        images.put(name, manifest, Optional.of(longest), true, NOW);
      }
    }
    Images list = new Images(images, MemoryIndex.create().layers());
    List<ImageList.Entry> all = new ArrayList<>();
    Optional<String> last = Optional.empty();
    do {
      ImageList page = list.list(Caller.ANYBODY, last);
      assertThat(Json.write(page)).hasSizeLessThan(4_500_000);
      all.addAll(page.images());
      last = page.next().map(RepositoryName::value);
    } while (last.isPresent());
    assertThat(all).hasSize(60).doesNotHaveDuplicates();
  }

  private List<ReferrerIndex.Entry> all(Optional<String> artifactType) {
    List<ReferrerIndex.Entry> all = new ArrayList<>();
    Optional<String> last = Optional.empty();
    do {
      Page<ReferrerIndex.Entry> page = listReferrers.page(IMAGE, SUBJECT, artifactType, last);
      all.addAll(page.items());
      last = page.next();
    } while (last.isPresent());
    return all;
  }

  private static Manifest about(String type, String note) {
    return manifest(
        """
        {"schemaVersion":2,"manifests":[],"artifactType":"%s","annotations":{"note":"%s"},
         "subject":{"mediaType":"%s","digest":"%s","size":1}}
        """
            .formatted(type, note, ManifestReader.OCI_MANIFEST, SUBJECT));
  }

  private static Manifest manifest(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return ManifestReader.read(
        Digest.of(Digest.Algorithm.SHA256, bytes), ManifestReader.OCI_INDEX, bytes);
  }
}
