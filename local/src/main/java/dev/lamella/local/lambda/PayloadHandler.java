package dev.lamella.local.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import dev.lamella.local.template.FunctionDefinition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** A handler as Lambda's runtime drives it: JSON bytes in, JSON bytes out. */
@FunctionalInterface
interface PayloadHandler {

  byte[] handle(byte[] payload, Context context) throws Exception;

  /**
   * Makes the handler that {@code Handler: class::method} names, with the constructor that takes
   * the environment as a map and a clock, or only the map, or, if it has neither, without
   * arguments.
   *
   * @throws HandlerException with one line that says what is wrong
   */
  static PayloadHandler make(
      FunctionDefinition function, Map<String, String> environment, InstantSource clock) {
    String className = function.handler().split("::", 2)[0];
    try {
      Class<?> type = Class.forName(className);
      Object handler = construct(type, environment, clock);
      if (handler instanceof RequestStreamHandler streams) {
        return (payload, context) -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          streams.handleRequest(new ByteArrayInputStream(payload), out, context);
          return out.toByteArray();
        };
      }
      if (handler instanceof RequestHandler<?, ?> requests) {
        return serializing(requests);
      }
      throw new IllegalArgumentException("it is neither RequestHandler nor RequestStreamHandler");
    } catch (ClassNotFoundException | NoClassDefFoundError e) {
      throw new HandlerException(
          function.logicalId()
              + ": no class "
              + className
              + " on the class path: build the project",
          e);
    } catch (InvocationTargetException e) {
      throw new HandlerException(refusal(function, className, e.getTargetException()), e);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      throw new HandlerException(refusal(function, className, e), e);
    }
  }

  private static String refusal(FunctionDefinition function, String className, Throwable cause) {
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return function.logicalId() + ": cannot make " + className + ": " + reason;
  }

  private static Object construct(
      Class<?> type, Map<String, String> environment, InstantSource clock)
      throws ReflectiveOperationException {
    for (Object[] arguments : new Object[][] {{environment, clock}, {environment}}) {
      for (Constructor<?> constructor : type.getConstructors()) {
        if (takes(constructor.getParameterTypes(), arguments)) {
          return constructor.newInstance(arguments);
        }
      }
    }
    return type.getConstructor().newInstance();
  }

  private static boolean takes(Class<?>[] types, Object[] arguments) {
    return types.length == arguments.length
        && IntStream.range(0, types.length).allMatch(i -> types[i].isInstance(arguments[i]));
  }

  @SuppressWarnings("unchecked")
  private static <I, O> PayloadHandler serializing(RequestHandler<I, O> handler) {
    Method method =
        Arrays.stream(handler.getClass().getMethods())
            .filter(m -> m.getName().equals("handleRequest") && !m.isBridge())
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("it has no method handleRequest"));
    PojoSerializer<I> in = (PojoSerializer<I>) serializer(method.getGenericParameterTypes()[0]);
    PojoSerializer<O> out = (PojoSerializer<O>) serializer(method.getGenericReturnType());
    return (payload, context) -> {
      O answer = handler.handleRequest(in.fromJson(new ByteArrayInputStream(payload)), context);
      ByteArrayOutputStream json = new ByteArrayOutputStream();
      out.toJson(answer, json);
      return json.toByteArray();
    };
  }

  /** The choice that the runtime interface client makes. */
  private static PojoSerializer<?> serializer(Type type) {
    if (type instanceof Class<?> event
        && LambdaEventSerializers.isLambdaSupportedEvent(event.getName())) {
      return LambdaEventSerializers.serializerFor(event, event.getClassLoader());
    }
    return JacksonFactory.getInstance().getSerializer(type);
  }
}
