package org.virt.test.host.lab;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test that changes network interfaces: it is skipped unless this JVM has a network namespace of
 * its own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(PrivateNetwork.Condition.class)
public @interface PrivateNetwork {
  /** Looks for the mark that {@code src/test/jvm/bin/java} sets. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      boolean own = "1".equals(System.getenv("VIRT_TEST_NETNS"));
      return own
          ? enabled("own network namespace")
          : disabled("needs root and unshare(1): no network namespace of its own");
    }
  }
}
