package org.virt.driver.qemu.internal.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Tells when processes end: one thread for all of them, which lives while any is watched. */
public final class ProcessWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessWatch.class);

  private final Map<QemuProcess, Runnable> watched = new LinkedHashMap<>();
  private Waker waker;
  private boolean closed;

  /**
   * Calls an action once, when a process has ended, on the watching thread; it returns at once.
   * From then on the process is closed.
   */
  public synchronized void watch(QemuProcess process, Runnable onEnd) throws VirtException {
    if (closed) {
      throw new VirtException(ErrorCode.INTERNAL_ERROR, "watch processes: the driver has stopped");
    }
    watched.put(process, onEnd);
    if (waker != null) {
      waker.wake();
      return;
    }
    try {
      waker = new Waker();
    } catch (IOException e) {
      watched.remove(process);
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "watch processes: " + e.getMessage(), e);
    }
    Waker own = waker;
    Thread thread = new Thread(() -> run(own), "virt-qemu-processes");
    thread.setDaemon(true);
    thread.start();
  }

  private void run(Waker own) {
    try {
      for (List<QemuProcess> processes = next(own); !processes.isEmpty(); processes = next(own)) {
        await(own, processes);
      }
    } catch (IOException | RuntimeException e) {
      LOG.error("machines that end are no longer noticed", e);
    }
  }

  /** Returns what to wait for; nothing when the thread is to end. */
  private synchronized List<QemuProcess> next(Waker own) {
    own.reset();
    if (closed || watched.isEmpty()) {
      own.close();
      waker = null;
      watched.keySet().forEach(QemuProcess::close);
      watched.clear();
    }
    return new ArrayList<>(watched.keySet());
  }

  private void await(Waker own, List<QemuProcess> processes) throws IOException {
    PollSet set = new PollSet(processes.size() + 1);
    set.add(own.file(), Libc.POLLIN);
    processes.forEach(process -> set.add(process.file(), Libc.POLLIN));
    set.poll(-1);
    for (int i = 0; i < processes.size(); i++) {
      if (set.has(i + 1, Libc.POLLIN)) {
        end(processes.get(i));
      }
    }
  }

  private void end(QemuProcess process) {
    Runnable action;
    synchronized (this) {
      action = watched.remove(process);
    }
    process.close();
    if (action == null) {
      return;
    }
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("the end of process {} was not handled", process.id().pid(), e);
    }
  }

  /** Ends the watch; the processes run on. */
  @Override
  public synchronized void close() {
    closed = true;
    if (waker != null) {
      waker.wake();
    }
  }
}
