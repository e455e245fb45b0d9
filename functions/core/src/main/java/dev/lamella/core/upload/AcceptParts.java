package dev.lamella.core.upload;

import dev.lamella.core.Counted;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Caller;
import dev.lamella.core.api.PartsAnswer;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.repair.IntactShards;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;

/**
 * Slices what is staged while the host still sends the rest: hands the announced parts to
 * shard-writers at once.
 */
public final class AcceptParts {
  /** What one page of the list of staged parts has. */
  private static final int PAGE = 1_000;

  private final UploadIndex uploads;
  private final Staging staging;
  private final IntactShards intact;
  private final FanOut fanOut;
  private final Admission admission;
  private final InstantSource clock;

  public AcceptParts(
      UploadIndex uploads,
      Staging staging,
      IntactShards intact,
      FanOut fanOut,
      Admission admission,
      InstantSource clock) {
    this.uploads = uploads;
    this.staging = staging;
    this.intact = intact;
    this.fanOut = fanOut;
    this.admission = admission;
    this.clock = clock;
  }

  /**
   * What is announced and is not staged is passed over: complete tells of it. So is what is
   * written, and what was handed over a moment ago. Announcing a part that was rejected has it
   * tried again. The links of an upload that repairs are recorded: it takes those, and no others.
   * Else, without links nothing is dispatched: the serial pass at complete finds them.
   *
   * <p>A part of an unsized upload is announced with its link, and only once a byte has followed
   * it: what is announced is never the layer's last, whose link alone has the padding of SHA-256.
   *
   * @throws Refusal {@code BLOB_UPLOAD_UNKNOWN}, or {@code CHAIN_INVALID} for links that cannot be
   *     of this layer; {@code TOO_LARGE} or {@code TOOMANYREQUESTS} where an unsized upload gets
   *     larger than the caller has room for
   */
  public PartsAnswer accept(Caller caller, LayerId id, PartsRequest request) {
    Upload found = uploads.require(caller, id).requireOpen(clock.instant());
    boolean isRepair = found.repairs().isPresent();
    request.staged().forEach(index -> requireIndex(found, index));
    SortedMap<Integer, Link> links = isRepair ? new TreeMap<>() : links(found, request);
    SortedSet<Integer> there = staged(found, new TreeSet<>(request.staged()));
    Upload upload = reach(caller, found, there);
    if (found.isUnsized() && !upload.isUnsized()) {
      request.staged().forEach(index -> requireIndex(upload, index));
      var _ = links(upload, request); // Its last part is known by now.
    }
    fanOut.forgive(upload, rejection -> there.contains(rejection.index()));
    if (isRepair) {
      return fanOut.repair(upload, intact.damaged(upload, there));
    }
    if (!links.isEmpty() && !upload.chained()) {
      uploads.markChained(id);
    }
    links.keySet().retainAll(there);
    links.keySet().removeAll(written(upload, links.keySet()));
    return links.isEmpty() ? new PartsAnswer(0, 0) : fanOut.dispatch(upload, links);
  }

  /** Notes of an unsized upload how far it reaches at least. No claim can make it shorter. */
  private Upload reach(Caller caller, Upload upload, SortedSet<Integer> there) {
    Upload now = upload;
    while (now.isUnsized() && !there.isEmpty()) {
      Upload after = now.withAnnounced(there.last());
      admission.grow(caller, now.id(), now.slicing().size(), after.slicing().size());
      if (after.equals(now) || uploads.receive(now, after, List.of(), Map.of())) {
        return after;
      }
      now = uploads.require(upload.image(), upload.id()).requireOpen(clock.instant());
    }
    return now;
  }

  /** By one list of all that is staged, or, of fewer parts than that has pages, one by one. */
  private SortedSet<Integer> staged(Upload upload, SortedSet<Integer> announced) {
    if (announced.size() < Math.ceilDiv(upload.slicing().count(), PAGE)) {
      announced.removeIf(index -> staging.length(upload.id(), StagedPart.ofShard(index)).isEmpty());
    } else if (!announced.isEmpty()) {
      announced.retainAll(staging.staged(upload.id()).keySet());
    }
    return announced;
  }

  private Set<Integer> written(Upload upload, Set<Integer> indexes) {
    return indexes.stream()
        .gather(Gatherers.windowFixed(ShardIndex.MOST_FOUND))
        .flatMap(some -> intact.find(upload, some).stream())
        .map(Shard::index)
        .collect(Collectors.toSet());
  }

  private static SortedMap<Integer, Link> links(Upload upload, PartsRequest request) {
    if (request.links().isEmpty() && !upload.isUnsized()) {
      return new TreeMap<>();
    }
    if (!upload.isUnsized() && upload.digest().algorithm() != Digest.Algorithm.SHA256) {
      throw new Refusal(
          ErrorCode.CHAIN_INVALID,
          "links prove a sha256 digest, not "
              + upload.digest()
              + ": announce its parts without links");
    }
    if (request.links().size() != request.staged().size()) {
      throw new Refusal(
          ErrorCode.CHAIN_INVALID,
          "each part needs a link: the request has "
              + Counted.of(request.staged().size(), "part")
              + " and "
              + Counted.of(request.links().size(), "link"));
    }
    SortedMap<Integer, Link> links = new TreeMap<>();
    for (int i = 0; i < request.staged().size(); i++) {
      int index = request.staged().get(i);
      Link link = request.links().get(i);
      requireEnds(upload, index, link);
      if (links.put(index, link) != null) {
        throw new Refusal(
            ErrorCode.REQUEST_INVALID, "part " + index + " is announced twice in one request");
      }
    }
    return links;
  }

  /** Both ends of a chain are known: what contradicts them need not be sliced to be refused. */
  static void requireEnds(Upload upload, int index, Link link) {
    if (index == 0 && !link.before().equals(ChainState.INITIAL)) {
      throw new Refusal(
          ErrorCode.CHAIN_INVALID,
          "the first link begins at " + link.before() + ", not at the initial value of SHA-256");
    }
    if (!upload.isUnsized()
        && upload.slicing().isLast(index)
        && !link.after().hex().equals(upload.digest().hex())) {
      throw new Refusal(
          ErrorCode.CHAIN_INVALID,
          "the chain ends in " + link.after() + ", not in the layer's digest " + upload.digest());
    }
  }

  private static void requireIndex(Upload upload, int index) {
    // Of an unsized upload, the last that there can be has no byte after it.
    int count = upload.isUnsized() ? upload.room().count() - 1 : upload.slicing().count();
    if (index < 0 || index >= count) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "there is no part "
              + index
              + ": upload "
              + upload.id()
              + " has parts 0 to "
              + (count - 1));
    }
  }
}
