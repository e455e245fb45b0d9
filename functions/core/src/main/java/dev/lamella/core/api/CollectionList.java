package dev.lamella.core.api;

import java.util.List;

/** The last 20 collections, the newest first, each with the first 10 names of each kind. */
public record CollectionList(List<CollectionRun> collections) {
  public CollectionList {
    collections = List.copyOf(collections);
  }
}
