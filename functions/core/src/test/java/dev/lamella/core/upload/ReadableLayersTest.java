package dev.lamella.core.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.NamePattern;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Access;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.core.access.Permissions;
import dev.lamella.core.port.LayerIndex;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A layer that very many images have, and callers who may read few of them, or none. */
class ReadableLayersTest {
  private static final byte[] LAYER = MemoryStore.bytes(100, 1);
  private static final Digest DIGEST = MemoryStore.sha256(LAYER);
  private static final RepositoryName MINE = new RepositoryName("mine/app");
  private static final RepositoryName HAS_IT = new RepositoryName("zoo/app-prod");

  private final MemoryStore store = new MemoryStore();
  private final List<String> reads = new ArrayList<>();
  private final ReadableLayers readable = new ReadableLayers(counting(), () -> store.now);

  @BeforeEach
  void push() {
    store.push(LAYER);
    link(3_000);
    store.index.layers().link(HAS_IT, DIGEST, store.now);
  }

  @Test
  void isReadable_nameOfAToken_isAskedDirectly() {
    assertThat(isReadable(names(Action.PULL, "a/one", "zoo/app-prod"))).isTrue();
    assertThat(isReadable(names(Action.PULL, "a/one", "b/two"))).isFalse();
    assertThat(reads).hasSizeLessThanOrEqualTo(6).doesNotContain("imagesOf");
  }

  @Test
  void isReadable_nameThatMayOnlyBePushedTo_isNotReadable() {
    assertThat(isReadable(names(Action.PUSH, "zoo/app-prod"))).isFalse();
  }

  @Test
  void isReadable_prefixAfterThousandsOfImages_isFoundByOneRead() {
    assertThat(isReadable(patterns("zoo/*"))).isTrue();
    assertThat(isReadable(patterns("zoom*", "mine/*", "n*"))).isFalse();
    assertThat(reads).hasSize(2 + 1 + 3);
  }

  @Test
  void isReadable_textAfterAStar_isLookedForPageByPage() {
    assertThat(isReadable(patterns("*-prod"))).isTrue();
    assertThat(isReadable(patterns("zoo/*-prod"))).isTrue();
    assertThat(isReadable(patterns("zoo/*-test", "*/x"))).isFalse();
  }

  @Test
  void isReadable_textAfterAStarInMoreImagesThanAreLookedAt_isNo() {
    link(20_000);
    reads.clear();
    assertThat(isReadable(patterns("*-prod", "*-test"))).isFalse();
    assertThat(reads).hasSize(1 + 2 + 16);
  }

  @Test
  void isReadable_everything_takesTwoReads() {
    assertThat(isReadable(Permissions.ALL)).isTrue();
    assertThat(isReadable(new Access(Map.of(), List.of(), true))).isTrue();
    assertThat(reads).hasSize(4);
    assertThat(isReadable(Permissions.NONE)).isFalse();
  }

  private void link(int images) {
    IntStream.range(0, images)
        .mapToObj(i -> new RepositoryName("many/%05d".formatted(i)))
        .forEach(image -> store.index.layers().link(image, DIGEST, store.now));
  }

  private boolean isReadable(Permissions permissions) {
    return readable.isReadable(new Caller("ci", permissions), MINE, DIGEST);
  }

  private static Permissions names(Action action, String... names) {
    Map<RepositoryName, Set<Action>> all = new HashMap<>();
    Stream.of(names).forEach(name -> all.put(new RepositoryName(name), Set.of(action)));
    return new Access(all, List.of(), false);
  }

  private static Permissions patterns(String... patterns) {
    return new Access(Map.of(), Stream.of(patterns).map(NamePattern::new).toList(), false);
  }

  private LayerIndex counting() {
    return (LayerIndex)
        Proxy.newProxyInstance(
            LayerIndex.class.getClassLoader(),
            new Class<?>[] {LayerIndex.class},
            (_, method, arguments) -> {
              reads.add(method.getName());
              return method.invoke(store.index.layers(), arguments);
            });
  }
}
