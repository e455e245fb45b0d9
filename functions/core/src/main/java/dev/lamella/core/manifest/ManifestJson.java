package dev.lamella.core.manifest;

import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The outer form of a manifest: a JSON object in UTF-8, of schema version 2. */
final class ManifestJson {
  private static final Set<String> FIELDS =
      Set.of(
          "schemaVersion",
          "mediaType",
          "artifactType",
          "config",
          "layers",
          "manifests",
          "subject",
          "annotations");

  private ManifestJson() {}

  static JsonNode parse(byte[] bytes) {
    JsonNode json;
    try {
      json = Json.tree(text(bytes));
    } catch (Refusal e) {
      throw Fields.invalid(e.getMessage());
    }
    if (!json.isObject()) {
      throw Fields.invalid("it is not a JSON object");
    }
    Fields.requireExactNames(json, FIELDS, "");
    JsonNode version = json.path("schemaVersion");
    if (!version.isIntegralNumber() || !version.canConvertToInt() || version.asInt() != 2) {
      throw Fields.invalid("its schemaVersion is not the number 2");
    }
    return json;
  }

  /** A JSON parser would guess UTF-16 and UTF-32, and pass a byte order mark over. */
  private static String text(byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw Fields.invalid("it is not UTF-8");
    }
    if (text.startsWith("\ufeff")) {
      throw Fields.invalid("it begins with a byte order mark: JSON has none");
    }
    return text;
  }
}
