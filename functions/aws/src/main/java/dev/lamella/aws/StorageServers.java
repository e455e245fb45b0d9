package dev.lamella.aws;

import dev.lamella.core.Refusal;
import dev.lamella.core.StorageServer;
import dev.lamella.core.api.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reads the list of storage servers: a JSON array, each entry strictly by its fields. */
final class StorageServers {
  private static final Set<String> FIELDS =
      Set.of("id", "bucket", "region", "endpoint", "weight", "state");
  private static final Pattern URL = Pattern.compile("https?://[^/\\s]+/?");

  private final String variable;

  private StorageServers(String variable) {
    this.variable = variable;
  }

  /**
   * @throws IllegalArgumentException naming the variable, the entry and the field
   */
  static List<StorageServer> parse(String variable, String json) {
    return new StorageServers(variable).parse(json);
  }

  private List<StorageServer> parse(String json) {
    JsonNode list = tree(json);
    if (!list.isArray() || list.isEmpty()) {
      throw wrong("a JSON array of at least one storage server is wanted");
    }
    List<StorageServer> servers = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      StorageServer server = server(list.get(i), "entry " + i);
      if (!ids.add(server.id())) {
        throw wrong("two storage servers have the id '" + server.id() + "'");
      }
      servers.add(server);
    }
    return List.copyOf(servers);
  }

  private JsonNode tree(String json) {
    try {
      return Json.tree(json.getBytes(StandardCharsets.UTF_8));
    } catch (Refusal e) {
      throw wrong(e.getMessage());
    }
  }

  private StorageServer server(JsonNode entry, String where) {
    if (!entry.isObject()) {
      throw wrong(where + " is not an object");
    }
    for (String field : entry.propertyNames()) {
      if (!FIELDS.contains(field)) {
        throw wrong(where + " has an unknown field '" + field + "'");
      }
    }
    JsonNode weight = entry.path("weight");
    if (!weight.isIntegralNumber() || !weight.canConvertToInt()) {
      throw wrong(where + " has no whole number 'weight'");
    }
    String id = text(entry, "id", where);
    String bucket = text(entry, "bucket", where);
    String region = text(entry, "region", where);
    Optional<URI> endpoint =
        entry.has("endpoint") ? Optional.of(endpoint(entry, where)) : Optional.empty();
    StorageServer.State state = state(text(entry, "state", where), where);
    try {
      return new StorageServer(id, bucket, region, endpoint, weight.asInt(), state);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private URI endpoint(JsonNode entry, String where) {
    String text = text(entry, "endpoint", where);
    if (!URL.matcher(text).matches()) {
      throw wrong(where + " has an endpoint that is not http://host or https://host: " + text);
    }
    return URI.create(text);
  }

  private StorageServer.State state(String text, String where) {
    return switch (text) {
      case "active" -> StorageServer.State.ACTIVE;
      case "read-only" -> StorageServer.State.READ_ONLY;
      case "draining" -> StorageServer.State.DRAINING;
      default ->
          throw wrong(where + " has state '" + text + "', not active, read-only or draining");
    };
  }

  private String text(JsonNode entry, String field, String where) {
    JsonNode value = entry.path(field);
    if (!value.isString()) {
      throw wrong(where + " has no text '" + field + "'");
    }
    return value.asString();
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("environment variable " + variable + ": " + what);
  }
}
