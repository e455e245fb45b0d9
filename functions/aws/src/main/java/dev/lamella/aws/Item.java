package dev.lamella.aws;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** One item of the table: its attributes by name, in the types of Lamella's records. */
final class Item {
  /** ISO 8601 with always nine digits, so that the order of texts is the order of times. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final Map<String, AttributeValue> attributes;

  private Item(Map<String, AttributeValue> attributes) {
    this.attributes = attributes;
  }

  static Item at(Key key) {
    return new Item(new HashMap<>(key.attributes()));
  }

  static Item of(Map<String, AttributeValue> attributes) {
    return new Item(attributes);
  }

  Map<String, AttributeValue> attributes() {
    return attributes;
  }

  /** Enters the item in the secondary index. */
  Item indexed(String partition, String sort) {
    return with("IPK", value(partition)).with("ISK", value(sort));
  }

  Item with(String name, AttributeValue value) {
    attributes.put(name, value);
    return this;
  }

  Item with(String name, String value) {
    return with(name, value(value));
  }

  Item with(String name, long value) {
    return with(name, value(value));
  }

  Item with(String name, Instant value) {
    return with(name, value(value));
  }

  Item with(String name, byte[] value) {
    return with(name, value(value));
  }

  /** The table drops the item some time after that. */
  Item ending(Instant end) {
    return with("ends", epochSecond(end));
  }

  /** As DynamoDB wants the end of an item: seconds, here the first not before {@code end}. */
  static long epochSecond(Instant end) {
    return end.plusNanos(999_999_999).getEpochSecond();
  }

  boolean has(String name) {
    return attributes.containsKey(name);
  }

  String text(String name) {
    return get(name).s();
  }

  Optional<String> find(String name) {
    return Optional.ofNullable(attributes.get(name)).map(AttributeValue::s);
  }

  long number(String name) {
    return Long.parseLong(get(name).n());
  }

  /** A set of numbers; empty where there is none. */
  Set<Integer> numbers(String name) {
    return Optional.ofNullable(attributes.get(name)).stream()
        .flatMap(value -> value.ns().stream())
        .map(Integer::valueOf)
        .collect(Collectors.toSet());
  }

  /** A set of numbers; not an empty one, which DynamoDB has not. */
  static AttributeValue numbers(Collection<Integer> values) {
    return AttributeValue.fromNs(values.stream().distinct().map(String::valueOf).toList());
  }

  Instant time(String name) {
    return Instant.parse(text(name));
  }

  byte[] bytes(String name) {
    return get(name).b().asByteArrayUnsafe();
  }

  AttributeValue get(String name) {
    return Optional.ofNullable(attributes.get(name))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "item %s %s has no attribute %s"
                        .formatted(attributes.get("PK"), attributes.get("SK"), name)));
  }

  static AttributeValue value(String value) {
    return AttributeValue.fromS(value);
  }

  static AttributeValue value(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  static AttributeValue value(Instant value) {
    return value(sortable(value));
  }

  static AttributeValue texts(List<String> values) {
    return AttributeValue.fromL(values.stream().map(AttributeValue::fromS).toList());
  }

  List<String> texts(String name) {
    return get(name).l().stream().map(AttributeValue::s).toList();
  }

  static AttributeValue value(byte[] value) {
    return AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(value));
  }

  static String sortable(Instant time) {
    return TIME.format(time);
  }
}
