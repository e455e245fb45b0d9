package dev.lamella.host.transfer;

import dev.lamella.core.chain.Link;
import dev.lamella.host.work.Permits;
import dev.lamella.host.work.TaskGroup;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sends what the store lacks of a blob. One thread hashes, many send, one announces what is staged
 * and hashed, all at the same time.
 */
final class SendParts {
  private final BlobUpload upload;
  private final PartSender sender;
  private final Permits connections;

  SendParts(BlobUpload upload, PartSender sender, Permits connections) {
    this.upload = upload;
    this.sender = sender;
    this.connections = connections;
  }

  /**
   * @return the links of the shards that were not written
   */
  Map<Integer, Link> run() {
    BitSet written = upload.shards(upload.begun().written());
    BitSet staged = upload.shards(upload.begun().staged());
    BitSet due = new BitSet();
    due.set(0, upload.slicing().count());
    due.andNot(written);
    Map<Integer, Link> links = new TreeMap<>();
    if (due.isEmpty()) {
      return links;
    }
    ReadyParts ready = new ReadyParts(due);
    staged.stream().forEach(ready::staged);
    staged.or(written);
    TaskGroup tasks = new TaskGroup();
    tasks.start(() -> upload.hash(ready::linked));
    tasks.start(() -> sendEach(tasks, ready, staged));
    if (upload.isChained()) {
      tasks.start(() -> announceAll(ready));
    }
    tasks.join();
    due.stream().forEach(index -> ready.link(index).ifPresent(link -> links.put(index, link)));
    return links;
  }

  private void sendEach(TaskGroup tasks, ReadyParts ready, BitSet there) {
    for (int index = 0; index < upload.slicing().count(); index++) {
      int part = index;
      if (there.get(part)) {
        upload.moved(upload.slicing().length(part));
        upload.release(part);
        continue;
      }
      // Before it takes a connection, which others can use meanwhile.
      upload.await(part);
      connections.start(
          tasks,
          () -> {
            sender.send(part);
            upload.release(part);
            ready.staged(part);
          });
    }
  }

  private void announceAll(ReadyParts ready) {
    for (List<Integer> group = ready.take(); !group.isEmpty(); group = ready.take()) {
      upload.announce(group, group.stream().map(index -> ready.link(index).orElseThrow()).toList());
    }
  }
}
