package dev.lamella.core.upload;

import static dev.lamella.core.upload.MemoryStore.IMAGE;
import static dev.lamella.core.upload.MemoryStore.SHARD;
import static dev.lamella.core.upload.MemoryStore.bytes;
import static dev.lamella.core.upload.MemoryStore.chain;
import static dev.lamella.core.upload.MemoryStore.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.Refusal;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.access.Allowance;
import dev.lamella.core.access.Caller;
import dev.lamella.core.access.Limits;
import dev.lamella.core.access.Permissions;
import dev.lamella.core.api.UnsizedRequest;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.layer.StagedPart;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What accounts have open at a time, whatever happens in whichever order. */
class AdmissionTest {
  private static final Caller CI = caller("ci", Limits.USUAL);
  private static final Caller OTHER = caller("other", Limits.USUAL);
  private static final Caller ADMINISTRATOR = new Caller("root", Permissions.ALL, Optional.empty());
  private static final long MANY = 1L << 40;
  private static final long MIB = 1L << 20;

  /**
   * Uploads of some layers each are begun, completed, ended, left until they expire, and lost
   * between their place and themselves. There are never more than are allowed, and whoever is
   * refused would have made it more.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void begin_anythingInAnyOrder_isRefusedExactlyWhereItWouldBeTooMuch(int seed) {
    Random random = new Random(seed);
    int most = 1 + random.nextInt(12);
    int mostShards = 1 + random.nextInt(30);
    long mostBytes = (long) SHARD * mostShards;
    MemoryStore store = new MemoryStore(allowance(most, mostBytes, 1_000_000));
    store.caller = CI;
    Map<LayerId, Open> open = new HashMap<>();
    int begun = 0;
    for (int step = 0; step < 400; step++) {
      open.values().removeIf(one -> !store.now.isBefore(one.until()));
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          List<UploadRequest.Wanted> wanted = new ArrayList<>();
          long bytes = 0;
          for (int i = 0; i <= random.nextInt(3); i++) {
            int size = 1 + random.nextInt(4 * SHARD);
            bytes += size;
            wanted.add(wanted(begun++, size));
          }
          boolean fits = open.size() + wanted.size() <= most && held(open) + bytes <= mostBytes;
          try {
            store.request.answer(CI, new UploadRequest(IMAGE, wanted)).missing().stream()
                .forEach(one -> open.put(one.upload(), Open.of(one, store.now)));
            assertThat(fits).isTrue();
          } catch (Refusal e) {
            boolean isEver = wanted.size() <= most && bytes <= mostBytes;
            assertThat(e.code())
                .isEqualTo(isEver ? ErrorCode.TOOMANYREQUESTS : ErrorCode.TOO_LARGE);
            assertThat(fits).isFalse();
          }
        }
        case 2 -> {
          LayerId lost = LayerId.random();
          try {
            store.admission.begin(CI, Map.of(lost, (long) SHARD));
            open.put(lost, new Open(SHARD, store.now.plus(Duration.ofMinutes(15)).plusNanos(1)));
          } catch (Refusal e) {
            assertThat(open.size() + 1 > most || held(open) + SHARD > mostBytes).isTrue();
          }
        }
        case 3 -> any(open, store, random).ifPresent(id -> end(store, open, id));
        case 4 -> store.now = store.now.plus(Duration.ofMinutes(random.nextInt(20)));
        default ->
            any(open, store, random)
                .ifPresent(
                    id -> {
                      // As a commit does, in one step.
                      assertThat(store.index.uploads().end(id)).isTrue();
                      open.remove(id);
                    });
      }
    }
    assertThat(begun).isPositive();
  }

  /** An upload, or the place of one that was lost. */
  private record Open(long bytes, Instant until) {
    static Open of(UploadProgress upload, Instant now) {
      return new Open(upload.size().orElseThrow(), now.plus(Duration.ofHours(1)));
    }
  }

  private static long held(Map<LayerId, Open> open) {
    return open.values().stream().mapToLong(Open::bytes).sum();
  }

  private static Optional<LayerId> any(Map<LayerId, Open> open, MemoryStore store, Random random) {
    List<LayerId> there =
        open.entrySet().stream()
            .filter(one -> store.now.isBefore(one.getValue().until()))
            .map(Map.Entry::getKey)
            .filter(id -> store.index.uploads().find(id).isPresent())
            .sorted((one, other) -> one.value().compareTo(other.value()))
            .toList();
    return there.isEmpty()
        ? Optional.empty()
        : Optional.of(there.get(random.nextInt(there.size())));
  }

  private static void end(MemoryStore store, Map<LayerId, Open> open, LayerId id) {
    store.end.end(CI, id);
    open.remove(id);
  }

  @Test
  void begin_byThirtyAtOnce_opensAsManyAsAreAllowedAndNoMore() {
    MemoryStore store = new MemoryStore(allowance(10, MANY, 1_000));
    List<Boolean> opened =
        Parallel.map(
            IntStream.range(0, 30).boxed().toList(),
            30,
            i -> {
              try {
                store.openBlob.open(CI, IMAGE);
                return true;
              } catch (Refusal e) {
                assertThat(e.code()).isEqualTo(ErrorCode.TOOMANYREQUESTS);
                return false;
              }
            });
    assertThat(opened.stream().filter(one -> one)).hasSize(10);
    assertThat(store.openBlob.open(OTHER, IMAGE)).isNotNull();
    assertThat(store.openBlob.open(ADMINISTRATOR, IMAGE)).isNotNull();
  }

  /** A place is of the upload, and what comes of that is looked at when the place is wanted. */
  @Test
  void begin_afterUploadsAreDone_hasTheirPlaces() {
    MemoryStore store = new MemoryStore(allowance(1, MANY, 1_000));
    for (int i = 0; i < 5; i++) {
      byte[] layer = bytes(3 * SHARD, i);
      store.push(layer);
      assertThat(store.finishBlob.store(Caller.ANYBODY, IMAGE, bytes(9, i), sha256(bytes(9, i))))
          .isInstanceOf(Finish.Stored.class);
      LayerId chunks = store.openBlob.open(Caller.ANYBODY, IMAGE);
      byte[] small = bytes(20, i);
      assertThat(
              store.finishBlob.finish(
                  Caller.ANYBODY, IMAGE, chunks, OptionalLong.empty(), small, sha256(small)))
          .isInstanceOf(Finish.Stored.class);
    }
    LayerId left = store.openBlob.open(Caller.ANYBODY, IMAGE);
    assertRefused(() -> store.openBlob.open(Caller.ANYBODY, IMAGE), ErrorCode.TOOMANYREQUESTS);
    store.end.end(IMAGE, left);
    assertThat(store.openBlob.open(Caller.ANYBODY, IMAGE)).isNotNull();
  }

  /** Bytes that came with a call that died are in nobody's way for longer than calls last. */
  @Test
  void begin_afterCallsThatDied_hasTheirPlacesInAWhile() {
    MemoryStore store = new MemoryStore(_ -> {}, () -> true, allowance(1, MANY, 1_000));
    byte[] layer = bytes(9, 1);
    assertThatThrownBy(() -> store.finishBlob.store(CI, IMAGE, layer, sha256(layer)))
        .isInstanceOf(Unavailable.class);
    assertRefused(() -> store.openBlob.open(CI, IMAGE), ErrorCode.TOOMANYREQUESTS);
    store.now = store.now.plus(Duration.ofMinutes(16));
    assertThat(store.openBlob.open(CI, IMAGE)).isNotNull();
  }

  @Test
  void request_thatIsRefused_opensNothingAndSaysWhichLimitAndWhatToDo() {
    MemoryStore store = new MemoryStore(allowance(3, MANY, 1_000));
    store.caller = CI;
    store.open(sha256(bytes(1, 1)), 1);
    store.open(sha256(bytes(1, 2)), 1);
    List<UploadRequest.Wanted> two = List.of(wanted(3, 1), wanted(4, 1));
    assertRefused(
            () -> store.request.answer(CI, new UploadRequest(IMAGE, two)),
            ErrorCode.TOOMANYREQUESTS)
        .hasMessageContainingAll("4 open uploads", "of ci", "at most 3", "--uploads")
        .satisfies(
            e ->
                assertThat(((Refusal) e).detail())
                    .containsEntry("limit", "uploads")
                    .containsEntry("account", "ci")
                    .containsEntry("most", 3L)
                    .containsEntry("retryAfter", 15));
    assertThat(store.openUploads.of("ci").uploads()).isEqualTo(2);
    List<UploadRequest.Wanted> four = IntStream.range(5, 9).mapToObj(i -> wanted(i, 1)).toList();
    assertRefused(
            () -> store.request.answer(CI, new UploadRequest(IMAGE, four)), ErrorCode.TOO_LARGE)
        .hasMessageContaining("fewer");
  }

  @Test
  void layer_overTheAccountsLimit_isRefusedByEveryWayIn() {
    MemoryStore store = new MemoryStore(allowance(100, MANY, 1_000));
    Caller caller = caller("small", limits(3L * SHARD));
    byte[] layer = bytes(3 * SHARD + 1, 1);
    store.caller = caller;
    assertRefused(() -> store.open(sha256(layer), layer.length), ErrorCode.TOO_LARGE)
        .hasMessageContainingAll("769 bytes", "small", "768", "--layer-size");
    assertRefused(
        () -> store.finishBlob.store(caller, IMAGE, layer, sha256(layer)), ErrorCode.TOO_LARGE);

    LayerId chunks = store.openBlob.open(caller, IMAGE);
    store.receiveChunk.receive(caller, IMAGE, chunks, OptionalLong.empty(), new byte[3 * SHARD]);
    assertRefused(
        () -> store.receiveChunk.receive(caller, IMAGE, chunks, OptionalLong.empty(), new byte[1]),
        ErrorCode.TOO_LARGE);
    assertRefused(
        () -> finish(store, caller, store.openBlob.open(caller, IMAGE), layer),
        ErrorCode.TOO_LARGE);

    LayerId whole = store.openBlob.open(caller, IMAGE);
    store.staging.put(whole, StagedPart.WHOLE, layer, 0, layer.length);
    int dispatched = store.dispatched.size();
    assertRefused(
        () ->
            store.finishBlob.finish(
                caller, IMAGE, whole, OptionalLong.empty(), new byte[0], sha256(layer)),
        ErrorCode.TOO_LARGE);
    assertThat(store.dispatched).hasSize(dispatched);
    assertThat(store.staging.length(whole, StagedPart.WHOLE)).isEmpty();

    LayerId unsized = store.openUnsized.open(caller, new UnsizedRequest(IMAGE)).upload();
    store.stage(unsized, layer, 0, 1, 2);
    store.announce(unsized, chain(layer), 0, 1);
    assertRefused(() -> store.announce(unsized, chain(layer), 2), ErrorCode.TOO_LARGE);
    assertRefused(
        () -> store.ask(IMAGE, sha256(layer), layer.length, Optional.of(unsized)),
        ErrorCode.TOO_LARGE);
    store.caller = CI;
    assertThat(store.open(sha256(layer), layer.length)).isNotNull();
  }

  /** Of a layer that is put past the API, its manifest says how large it is. */
  @Test
  void manifest_ofALayerOverTheLimitThatIsNotStored_isRefusedBeforeAnythingIsSliced() {
    MemoryStore store = new MemoryStore(allowance(100, MANY, 1_000));
    Caller caller = caller("small", limits(3L * SHARD));
    byte[] layer = bytes(3 * SHARD + 1, 1);
    LayerId whole = store.openBlob.open(caller, IMAGE);
    store.staging.put(whole, StagedPart.WHOLE, layer, 0, layer.length);
    byte[] manifest =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
         "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},
         "layers":[]}
        """
            .formatted(sha256(layer), layer.length)
            .getBytes(StandardCharsets.UTF_8);
    assertRefused(
        () ->
            store.putManifest.put(
                caller,
                IMAGE,
                new Tag("1"),
                "application/vnd.oci.image.manifest.v1+json",
                manifest),
        ErrorCode.TOO_LARGE);
    assertThat(store.dispatched).isEmpty();
  }

  @Test
  void grow_inSteps_isHeldToTheStagedBytes() {
    MemoryStore store = new MemoryStore(allowance(100, 40 * MIB, 1_000));
    LayerId one = store.openBlob.open(CI, IMAGE);
    LayerId other = store.openBlob.open(CI, IMAGE);
    assertThat(store.openUploads.of("ci").bytes()).isEqualTo(16 * MIB);
    store.admission.grow(CI, one, 0, 8 * MIB);
    assertThat(store.openUploads.of("ci").bytes()).isEqualTo(16 * MIB);
    store.admission.grow(CI, one, 8 * MIB, 17 * MIB);
    assertThat(store.openUploads.of("ci").bytes()).isEqualTo(40 * MIB);
    assertRefused(
            () -> store.admission.grow(CI, other, 7 * MIB, 9 * MIB), ErrorCode.TOOMANYREQUESTS)
        .hasMessageContaining("--staged");
    assertRefused(() -> store.admission.grow(CI, other, 0, 41 * MIB), ErrorCode.TOO_LARGE);
    store.end.end(IMAGE, one);
    store.admission.grow(CI, other, 7 * MIB, 9 * MIB);
    store.admission.claim(CI, other, 9 * MIB);
    assertThat(store.openUploads.of("ci").bytes()).isEqualTo(16 * MIB);
    // Who goes on with another account's upload has room for it, too.
    store.admission.grow(OTHER, other, 9 * MIB, 17 * MIB);
    assertThat(store.openUploads.of("other").bytes()).isEqualTo(32 * MIB);
    store.admission.grow(ADMINISTRATOR, other, 17 * MIB, MANY);
  }

  @Test
  void steps_areAtLeastWhatCame_andFew() {
    assertThat(Steps.of(0)).isEqualTo(8 * MIB);
    assertThat(Steps.of(8 * MIB + 1)).isEqualTo(16 * MIB);
    assertThat(Steps.of(256 * MIB)).isEqualTo(256 * MIB);
    assertThat(Steps.of(256 * MIB + 1)).isEqualTo(512 * MIB);
    assertThat(Steps.of(513 * MIB)).isEqualTo(768 * MIB);
    assertThat(Steps.of(Slicing.LARGEST_LAYER)).isGreaterThanOrEqualTo(Slicing.LARGEST_LAYER);
  }

  @Test
  void begin_moreThanTheRate_isRefusedUntilTheNextMinute() {
    MemoryStore store = new MemoryStore(allowance(100, MANY, 3));
    store.now = store.now.plusSeconds(20);
    for (int i = 0; i < 3; i++) {
      store.end.end(IMAGE, store.openBlob.open(CI, IMAGE));
    }
    assertRefused(() -> store.openBlob.open(CI, IMAGE), ErrorCode.TOOMANYREQUESTS)
        .hasMessageContainingAll("in a minute", "at most 3", "--per-minute")
        .satisfies(e -> assertThat(((Refusal) e).detail()).containsEntry(Refusal.RETRY_AFTER, 40));
    store.now = store.now.plusSeconds(40);
    assertThat(store.openBlob.open(CI, IMAGE)).isNotNull();
  }

  /** What is noted of an account does not grow with what it has done. */
  @Test
  void begin_many_dropsThePlacesOfThoseThatEnded() {
    MemoryStore store = new MemoryStore(allowance(1_000, MANY, 100_000));
    for (int i = 0; i < 2_000; i++) {
      store.end.end(IMAGE, store.openBlob.open(CI, IMAGE));
      store.now = store.now.plusSeconds(1);
      assertThat(store.openUploads.of("ci").uploads()).isLessThanOrEqualTo(60);
    }
  }

  /** Whoever is refused again and again is not looked up each time. */
  @Test
  void begin_refusedWhileVeryMuchIsOpen_looksOnceInAWhile() {
    MemoryStore store = new MemoryStore(allowance(60, MANY, 100_000));
    List<LayerId> open =
        IntStream.range(0, 60).mapToObj(_ -> store.openBlob.open(CI, IMAGE)).toList();
    store.now = store.now.plusSeconds(2);
    assertRefused(() -> store.openBlob.open(CI, IMAGE), ErrorCode.TOOMANYREQUESTS);
    store.end.end(IMAGE, open.getFirst());
    store.now = store.now.plusSeconds(1);
    assertRefused(() -> store.openBlob.open(CI, IMAGE), ErrorCode.TOOMANYREQUESTS);
    store.now = store.now.plusSeconds(1);
    assertThat(store.openBlob.open(CI, IMAGE)).isNotNull();
  }

  private static Finish finish(MemoryStore store, Caller caller, LayerId id, byte[] layer) {
    return store.finishBlob.finish(caller, IMAGE, id, OptionalLong.empty(), layer, sha256(layer));
  }

  private static UploadRequest.Wanted wanted(int seed, int size) {
    Digest digest =
        Digest.sha256(
            MemoryStore.hash("SHA-256", ("layer " + seed).getBytes(StandardCharsets.UTF_8)));
    return new UploadRequest.Wanted(digest, size, Optional.empty(), Optional.empty());
  }

  private static Allowance allowance(int uploads, long staged, int rate) {
    return new Allowance(Slicing.LARGEST_LAYER, uploads, staged, rate);
  }

  private static Limits limits(long layerBytes) {
    return new Limits(
        Optional.of(layerBytes), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static Caller caller(String name, Limits limits) {
    return new Caller(name, Permissions.ALL, Optional.of(limits));
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(
      ThrowingCallable call, ErrorCode code) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
