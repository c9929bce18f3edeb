package org.virt.driver.esx.internal;

import java.time.Duration;
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
  private static final long FIRST_PAUSE_MS = 1;
  private static final long LAST_PAUSE_MS = 500;

  /** From this pause on the task takes long enough that a question may be what it waits for. */
  private static final long QUESTION_PAUSE_MS = 100;

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
    long pause = FIRST_PAUSE_MS;
    while (true) {
      Found found = Query.one(vim, action, task, "info");
      Node info = found.node("info");
      switch (info.text("state")) {
        case "success":
          return info.at("result");
        case "error":
          Node fault = info.at("error.fault");
          throw vim.error(
              action, new VimFault(fault.xsiType(), info.text("error.localizedMessage")));
        default:
          LOG.debug("{}: {} %", action, info.number("progress", 0));
      }
      if (pause >= QUESTION_PAUSE_MS && self.type().equals("VirtualMachine")) {
        question(action, task, self);
      }
      if (System.nanoTime() > end) {
        cancel(action, task);
        throw new VirtException(
            ErrorCode.OPERATION_TIMEOUT,
            "%s: not done within %d s, cancelled".formatted(action, limit.toSeconds()));
      }
      pause(action, task, pause);
      pause = Math.min(pause * 2, LAST_PAUSE_MS);
    }
  }

  private void pause(String action, Ref task, long millis) throws VirtException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      cancel(action, task);
      Thread.currentThread().interrupt();
      throw new VirtException(ErrorCode.OPERATION_ABORTED, action + ": interrupted, cancelled", e);
    }
  }

  private void cancel(String action, Ref task) {
    try {
      vim.ask(action, "CancelTask", task, new Body());
    } catch (VirtException e) {
      LOG.warn("cancel {}: {}", action, e.getMessage());
    }
  }

  /** Looks whether the host waits for an answer; libvirt's drvesx, "Questions blocking tasks". */
  private void question(String action, Ref task, Ref machine) throws VirtException {
    Node question = Query.one(vim, action, machine, "runtime.question").node("runtime.question");
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
