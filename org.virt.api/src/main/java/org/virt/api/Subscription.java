package org.virt.api;

/** Ends what it stands for when closed; closing it again does nothing. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
  @Override
  void close();
}
