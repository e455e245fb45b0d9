package dev.lamella.gateway;

/** What answers the requests of a route: decodes the call, runs a use case, encodes its result. */
@FunctionalInterface
public interface Endpoint {
  Answer answer(Call call);
}
