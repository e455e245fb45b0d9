package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.PausedChain;
import dev.lamella.core.layer.Proven;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.Source;
import dev.lamella.core.layer.Upload.State;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** An upload as an item of the table. */
final class UploadItem {
  private static final String CHUNKS = "chunks";
  private static final String PARTS = "parts";
  private static final String WHOLE = "whole";
  private static final String REPAIR = "repair";
  private static final String CALL = "call";

  private UploadItem() {}

  static Item of(Upload upload) {
    Item item =
        Item.at(Key.upload(upload.id()))
            .indexed("UPLOADS", Item.sortable(upload.expires()))
            .with("image", upload.image().value())
            .with("shardSize", upload.slicing().shardSize())
            .with("state", upload.state().name())
            .with("created", upload.created())
            .with("expires", upload.expires());
    if (upload.chained()) {
      item.with("chained", 1);
    }
    received(upload).forEach(item::with);
    return item;
  }

  /** What changes as the bytes of an upload come. */
  static Map<String, AttributeValue> received(Upload upload) {
    Map<String, AttributeValue> attributes = new HashMap<>();
    attributes.put("size", Item.value(upload.slicing().size()));
    upload.claimed().ifPresent(digest -> attributes.put("digest", Item.value(digest.toString())));
    upload.proven().map(UploadItem::proven).ifPresent(attributes::putAll);
    String source =
        switch (upload.source()) {
          case Source.Parts() -> PARTS;
          case Source.Chunks(PausedChain hash) -> {
            attributes.put("hashState", Item.value(hash.state().bytes()));
            attributes.put("hashPending", Item.value(hash.pending()));
            yield CHUNKS;
          }
          case Source.Whole() -> WHOLE;
          case Source.Repair(LayerId layer) -> {
            attributes.put("repairs", Item.value(layer.value()));
            yield REPAIR;
          }
          case Source.Call() -> CALL;
        };
    attributes.put("source", Item.value(source));
    return attributes;
  }

  /** What its bytes were found to be: two attributes, that are written together. */
  static Map<String, AttributeValue> proven(Proven proven) {
    return Map.of(
        "proven", Item.value(proven.digest().toString()),
        "provenEnd", Item.value(proven.end().bytes()));
  }

  private static Optional<Proven> proven(Item item) {
    return item.has("provenEnd")
        ? Optional.of(
            new Proven(Digest.parse(item.text("proven")), ChainState.of(item.bytes("provenEnd"))))
        : Optional.empty();
  }

  static Upload read(LayerId id, Item item) {
    return new Upload(
        id,
        new RepositoryName(item.text("image")),
        item.find("digest").map(Digest::parse),
        new Slicing(item.number("size"), (int) item.number("shardSize")),
        source(item),
        State.valueOf(item.text("state")),
        item.time("created"),
        item.time("expires"),
        item.has("chained"),
        proven(item));
  }

  private static Source source(Item item) {
    String source = item.text("source");
    return switch (source) {
      case PARTS -> new Source.Parts();
      case CHUNKS ->
          new Source.Chunks(
              PausedChain.of(
                  item.number("size"),
                  ChainState.of(item.bytes("hashState")),
                  item.bytes("hashPending")));
      case WHOLE -> new Source.Whole();
      case REPAIR -> new Source.Repair(new LayerId(item.text("repairs")));
      case CALL -> new Source.Call();
      default -> throw new IllegalStateException("an upload has source " + source);
    };
  }
}
