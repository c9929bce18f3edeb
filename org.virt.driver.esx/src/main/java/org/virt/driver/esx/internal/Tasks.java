package org.virt.driver.esx.internal;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.EsxUri.Questions;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;
import org.virt.driver.esx.internal.soap.VimFault;

/** Starts tasks of the host and waits for their end. */
final class Tasks {
  private static final Logger LOG = LoggerFactory.getLogger(Tasks.class);
  private static final String INFO = "info";
  private static final String MACHINE = "VirtualMachine";
  private static final String QUESTION = "runtime.question";

  private final Vim vim;
  private final Questions questions;
  private final Duration limit;

  /**
   * Makes one.
   *
   * @param limit how long a task may take; it is cancelled then
   */
  Tasks(Vim vim, Questions questions, Duration limit) {
    this.vim = vim;
    this.questions = questions;
    this.limit = limit;
  }

  /** Starts a task and returns its result when it has ended. */
  Node run(String action, String method, Ref self, Body parameters) throws VirtException {
    Ref task =
        vim.ask(action, method, self, parameters)
            .ref("returnval")
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.RPC, action + ": " + method + " was answered without a task"));
    return await(action, task, self);
  }

  private Node await(String action, Ref task, Ref self) throws VirtException {
    long end = System.nanoTime() + limit.toNanos();
    // Most have ended by now, and need no watch.
    Optional<Node> result = result(action, Query.one(vim, action, task, INFO));
    if (result.isPresent()) {
      return result.get();
    }
    Query query = new Query().properties(task.type(), INFO).from(task);
    if (self.type().equals(MACHINE)) {
      query.properties(MACHINE, QUESTION).from(self);
    }
    try (Watch watch = Watch.open(vim, action, query)) {
      while (System.nanoTime() < end) {
        for (Found changed : watch.await(Duration.ofNanos(end - System.nanoTime()))) {
          if (changed.ref().type().equals(MACHINE)) {
            question(action, changed.node(QUESTION), task, self);
          } else {
            result = result(action, changed);
          }
        }
        if (result.isPresent()) {
          return result.get();
        }
      }
    } catch (VirtException e) {
      if (!Thread.interrupted()) {
        throw e;
      }
      cancel(action, task);
      Thread.currentThread().interrupt();
      throw new VirtException(ErrorCode.OPERATION_ABORTED, action + ": interrupted, cancelled", e);
    }
    cancel(action, task);
    throw new VirtException(
        ErrorCode.OPERATION_TIMEOUT,
        "%s: not done within %d s, cancelled".formatted(action, limit.toSeconds()));
  }

  /** Returns what a task has come to, empty while it has not. */
  private Optional<Node> result(String action, Found task) throws VirtException {
    Node info = task.node(INFO);
    switch (info.text("state")) {
      case "success":
        return Optional.of(info.at("result"));
      case "error":
        Node fault = info.at("error.fault");
        throw vim.error(action, new VimFault(fault.xsiType(), info.text("error.localizedMessage")));
      default:
        LOG.debug("{}: {} %", action, info.number("progress", 0));
        return Optional.empty();
    }
  }

  private void cancel(String action, Ref task) {
    try {
      vim.ask(action, "CancelTask", task, new Body());
    } catch (VirtException e) {
      LOG.warn("cancel {}: {}", action, e.getMessage());
    }
  }

  /** Answers what the host waits for, or gives up; libvirt's drvesx, "Questions blocking tasks". */
  private void question(String action, Node question, Ref task, Ref machine) throws VirtException {
    if (question.text("id").isEmpty()) {
      return;
    }
    Node choices = question.at("choice");
    int index = (int) choices.number("defaultIndex", -1);
    boolean answer = index >= 0 && index < choices.all("choiceInfo").size();
    if (questions == Questions.REPORTED || !answer) {
      cancel(action, task);
      throw new VirtException(
          ErrorCode.OPERATION_FAILED,
          "%s: %s asks '%s'; answer it there, or connect with auto_answer=1"
              .formatted(action, vim.host(), question.text("text")));
    }
    Node choice = choices.all("choiceInfo").get(index);
    LOG.info("{}: '{}' is answered '{}'", action, question.text("text"), choice.text("label"));
    Body body =
        new Body().text("questionId", question.text("id")).text("answerChoice", choice.text("key"));
    vim.ask(action, "AnswerVM", machine, body);
  }
}
