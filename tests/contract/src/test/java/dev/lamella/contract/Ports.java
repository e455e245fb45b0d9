package dev.lamella.contract;

import dev.lamella.aws.Adapters;
import dev.lamella.core.memory.MemoryAssembledLayers;
import dev.lamella.core.memory.MemoryCollections;
import dev.lamella.core.memory.MemoryShardStore;
import dev.lamella.core.memory.MemoryStaging;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.CollectionIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.Staging;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** All ports of one store. */
record Ports(
    Indexes indexes,
    CollectionIndex collections,
    Staging staging,
    ShardStore store,
    AssembledLayers assembled) {

  static Ports inMemory() {
    ShardStore store = new MemoryShardStore();
    return new Ports(
        Indexes.inMemory(),
        new MemoryCollections(),
        new MemoryStaging(),
        store,
        new MemoryAssembledLayers(store));
  }

  static Ports of(Adapters adapters) {
    return new Ports(
        AwsServices.indexes(adapters),
        adapters.collections(),
        adapters.staging(),
        adapters.shardStore(),
        adapters.assembledLayers());
  }

  /** The same ports, with something that is done before each call of any of them. */
  Ports before(Runnable each) {
    Ports inStorage = storageBefore(each);
    return new Ports(
        new Indexes(
            before(each, indexes.layers()),
            before(each, indexes.shards()),
            before(each, indexes.uploads()),
            before(each, indexes.images()),
            before(each, indexes.reports()),
            before(each, indexes.works()),
            before(each, indexes.assemblies())),
        before(each, collections),
        inStorage.staging,
        inStorage.store,
        inStorage.assembled);
  }

  /** The same, before each call of staging and the storage servers. */
  Ports storageBefore(Runnable each) {
    return new Ports(
        indexes, collections, before(each, staging), before(each, store), before(each, assembled));
  }

  @SuppressWarnings("unchecked")
  private static <T> T before(Runnable each, T port) {
    return (T)
        Proxy.newProxyInstance(
            Ports.class.getClassLoader(),
            port.getClass().getInterfaces(),
            (_, method, arguments) -> {
              each.run();
              try {
                return method.invoke(port, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
