package org.virt.driver.test.internal;

import java.util.List;
import java.util.Optional;
import org.virt.api.Domain.Autostart;
import org.virt.api.DomainListeners;
import org.virt.api.ErrorCode;
import org.virt.api.ObjectEvent.Kind;
import org.virt.api.ObjectEvent.Type;
import org.virt.api.VirtException;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePools;
import org.virt.api.xml.XmlElement;

/** The storage pools of a host, without anything on its disks. */
final class TestPools implements StoragePools {
  private final TestRegistry<TestPool> registry;

  /** Makes the pool {@code default-pool}, which is active. */
  TestPools(DomainListeners events) {
    registry = new TestRegistry<>(Type.STORAGE_POOL, events);
    try {
      registry.start(registry.define(PoolXml.parse(TestHost.resource("pool.xml"))));
    } catch (VirtException e) {
      throw new IllegalStateException("make the pool default-pool", e);
    }
  }

  /** Something that is done with a pool while nobody else does. */
  @FunctionalInterface
  interface Work<T> {
    T with(TestPool pool) throws VirtException;
  }

  /** Does something with a pool that is active. */
  synchronized <T> T onActive(String name, Work<T> work) throws VirtException {
    TestPool pool = registry.find(name);
    pool.requireActive();
    return work.with(pool);
  }

  @Override
  public synchronized List<StoragePool> storagePools() {
    return registry.all().stream().map(TestPool::describe).toList();
  }

  @Override
  public synchronized StoragePool storagePool(String name) throws VirtException {
    return registry.find(name).describe();
  }

  @Override
  public synchronized String storagePoolXml(String name) throws VirtException {
    return registry.find(name).print();
  }

  @Override
  public synchronized String defineStoragePool(String xml) throws VirtException {
    return registry.define(free(PoolXml.parse(xml))).name;
  }

  @Override
  public synchronized String createStoragePool(String xml) throws VirtException {
    return registry.create(free(PoolXml.parse(xml))).name;
  }

  /** Refuses a pool of what another one has. */
  private TestPool free(TestPool wanted) throws VirtException {
    String claim = PoolXml.claim(wanted);
    for (TestPool pool : registry.all()) {
      boolean same = pool.type().equals(wanted.type()) && PoolXml.claim(pool).equals(claim);
      if (same && !claim.isEmpty() && !pool.name.equals(wanted.name)) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED,
            "operation failed: Storage source conflict with pool: '" + pool.name + "'");
      }
    }
    return wanted;
  }

  @Override
  public synchronized void buildStoragePool(String name) throws VirtException {
    registry.send(inactive(name), Kind.CREATED);
  }

  @Override
  public synchronized void startStoragePool(String name) throws VirtException {
    registry.start(inactive(name));
  }

  @Override
  public synchronized void destroyStoragePool(String name) throws VirtException {
    TestPool pool = registry.find(name);
    pool.requireActive();
    registry.stop(pool);
  }

  @Override
  public synchronized void deleteStoragePool(String name) throws VirtException {
    registry.send(inactive(name), Kind.DELETED);
  }

  @Override
  public synchronized void undefineStoragePool(String name) throws VirtException {
    registry.undefine(inactive(name));
  }

  @Override
  public synchronized void refreshStoragePool(String name) throws VirtException {
    TestPool pool = registry.find(name);
    pool.requireActive();
    registry.send(pool, Kind.REFRESHED);
  }

  @Override
  public synchronized void autostartStoragePool(String name, Autostart autostart)
      throws VirtException {
    TestPool pool = registry.find(name);
    if (!pool.persistent) {
      throw new VirtException(ErrorCode.INVALID_ARG, "invalid argument: pool has no config file");
    }
    pool.autostart = autostart == Autostart.ON;
  }

  @Override
  public String findStoragePoolSources(String type, Optional<String> source) throws VirtException {
    return switch (type) {
      case "logical" -> TestHost.resource("logical-sources.xml");
      case "netfs" -> {
        XmlElement given = ObjectXml.read("source", source.orElse("<source/>"));
        String host =
            ObjectXml.find(given, "host")
                .map(element -> element.attribute("name"))
                .orElseThrow(
                    () ->
                        new VirtException(
                            ErrorCode.INVALID_ARG,
                            "invalid argument: hostname must be specified for netfs sources"));
        XmlElement answer = ObjectXml.read("sources", TestHost.resource("netfs-sources.xml"));
        answer.make("source").make("host").set("name", host);
        yield ObjectXml.print(answer);
      }
      default ->
          throw new VirtException(
              ErrorCode.NO_SUPPORT, "pool type '" + type + "' does not support source discovery");
    };
  }

  private TestPool inactive(String name) throws VirtException {
    TestPool pool = registry.find(name);
    pool.requireInactive();
    return pool;
  }
}
