package dev.lamella.core.api;

import com.fasterxml.jackson.annotation.Nulls;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.NamePattern;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Action;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.layer.PassId;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.type.LogicalType;

/**
 * JSON to records and back, strictly: no coercion between types, no duplicate fields, nothing after
 * the end, no missing fields but optional ones. Unknown fields are passed over, so that newer hosts
 * can talk to older functions.
 */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .withCoercionConfig(
              LogicalType.Textual,
              config ->
                  config
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .changeDefaultNullHandling(nulls -> nulls.withContentNulls(Nulls.FAIL))
          .annotationIntrospector(new NumbersRequired())
          .addModule(texts())
          .build();

  private Json() {}

  public static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /** For people: indented, and with escapes for all that a terminal might obey, or not show. */
  public static String pretty(Object value) {
    return MAPPER
        .writerWithDefaultPrettyPrinter()
        .with(JsonWriteFeature.ESCAPE_NON_ASCII)
        .writeValueAsString(value)
        .replace("\u007f", "\\u007f");
  }

  /** For people and programs: one line, with the same escapes. */
  public static String line(Object value) {
    return MAPPER
        .writer()
        .with(JsonWriteFeature.ESCAPE_NON_ASCII)
        .writeValueAsString(value)
        .replace("\u007f", "\\u007f");
  }

  /**
   * @throws Refusal {@code REQUEST_INVALID}, or what the constructor of a field's type refuses it
   *     with, such as {@code DIGEST_INVALID}
   */
  public static <T> T read(byte[] json, Class<T> type) {
    try {
      T value = MAPPER.readValue(json, type);
      if (value == null) {
        throw new Refusal(ErrorCode.REQUEST_INVALID, "the JSON is null, not an object");
      }
      return value;
    } catch (JacksonException e) {
      throw refusal(e);
    }
  }

  /**
   * The JSON as a tree, for documents that others define.
   *
   * @throws Refusal {@code REQUEST_INVALID} where it is not JSON
   */
  public static JsonNode tree(byte[] json) {
    try {
      return MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw refusal(e);
    }
  }

  /** The same of a text, of which no encoding is to be guessed. */
  public static JsonNode tree(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw refusal(e);
    }
  }

  private static Refusal refusal(JacksonException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof Refusal refusal) {
        return refusal;
      }
    }
    String path = path(e.getPath());
    return switch (e) {
      case InputCoercionException _ ->
          new Refusal(
              ErrorCode.REQUEST_INVALID, "field '" + path + "' is not a whole number in range");
      case StreamReadException _ ->
          new Refusal(
              ErrorCode.REQUEST_INVALID,
              "the JSON breaks off or is malformed at line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr());
      case MismatchedInputException mismatch when !path.isEmpty() ->
          new Refusal(
              ErrorCode.REQUEST_INVALID,
              "field '" + path + "' is missing or is not " + wanted(mismatch));
      default ->
          new Refusal(
              ErrorCode.REQUEST_INVALID,
              path.isEmpty()
                  ? "the JSON is not an object of the fields asked for"
                  : "field '" + path + "' is not valid");
    };
  }

  private static String wanted(MismatchedInputException mismatch) {
    Class<?> type = mismatch.getTargetType();
    if (type == null) {
      return "valid";
    }
    if (type == long.class || type == int.class || type == Integer.class || type == Long.class) {
      return "a whole number in range";
    }
    if (List.class.isAssignableFrom(type)) {
      return "a list";
    }
    return type.isRecord() ? "an object or text of the right form" : "of the right type";
  }

  private static String path(List<JacksonException.Reference> references) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference reference : references) {
      if (reference.getPropertyName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
        continue;
      }
      path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
    }
    return path.toString();
  }

  /** A number that is left out would silently be 0. */
  private static final class NumbersRequired extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
      return member.getRawType().isPrimitive()
          ? Boolean.TRUE
          : super.hasRequiredMarker(config, member);
    }
  }

  private static SimpleModule texts() {
    SimpleModule module = new SimpleModule("lamella");
    text(module, Digest.class, Digest::parse, Digest::toString);
    text(module, RepositoryName.class, RepositoryName::new, RepositoryName::value);
    text(module, Tag.class, Tag::new, Tag::value);
    text(module, LayerId.class, LayerId::new, LayerId::value);
    text(module, PassId.class, PassId::new, PassId::value);
    text(module, ReportId.class, ReportId::new, ReportId::value);
    text(module, NamePattern.class, NamePattern::new, NamePattern::value);
    text(module, ChainState.class, ChainState::ofHex, ChainState::hex);
    text(module, AccountName.class, AccountName::new, AccountName::value);
    name(module, Action.class);
    name(module, Upload.State.class);
    name(module, CollectionRun.State.class);
    name(module, CollectionRun.Step.class);
    name(module, Report.State.class);
    name(module, Finding.Kind.class);
    return module;
  }

  private static <E extends Enum<E>> void name(SimpleModule module, Class<E> type) {
    text(
        module,
        type,
        text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT)),
        value -> value.name().toLowerCase(Locale.ROOT));
  }

  private static <T> void text(
      SimpleModule module, Class<T> type, Function<String, T> parse, Function<T, String> print) {
    module.addSerializer(
        type,
        new StdSerializer<T>(type) {
          @Override
          public void serialize(T value, JsonGenerator generator, SerializationContext context) {
            generator.writeString(print.apply(value));
          }
        });
    module.addDeserializer(
        type,
        new StdDeserializer<T>(type) {
          @Override
          public T deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
              throw MismatchedInputException.from(parser, type, "not a text");
            }
            try {
              return parse.apply(parser.getString());
            } catch (IllegalArgumentException e) {
              throw MismatchedInputException.from(parser, type, String.valueOf(e.getMessage()));
            }
          }
        });
  }
}
