// SPDX-License-Identifier: Apache-2.0
#include "run/pipeline_run.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "cache/plain_words.hpp"
#include "morgana/count_text.hpp"
#include "run/crash.hpp"
#include "run/display.hpp"
#include "run/executor.hpp"
#include "run/interrupt.hpp"
#include "run/plugin_stages.hpp"
#include "run/run_folder.hpp"
#include "run/stage_run.hpp"
#include "run/wording.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;

/// Tells the run folder first: when the display says "done", the products are in their places.
class Both final : public Observer {
 public:
  Both(Observer& first, Observer& second) : first_(first), second_(second) {}
  void started(std::size_t node, const NodeOutcome& so_far) override {
    first_.started(node, so_far);
    second_.started(node, so_far);
  }
  void progressed(std::size_t node, const Progress& progress) override {
    first_.progressed(node, progress);
    second_.progressed(node, progress);
  }
  void logged(std::size_t node, LogLevel level, const std::string& text) override {
    first_.logged(node, level, text);
    second_.logged(node, level, text);
  }
  void waits_for_other_run(std::size_t node) override {
    first_.waits_for_other_run(node);
    second_.waits_for_other_run(node);
  }
  void ended(std::size_t node, const NodeOutcome& outcome) override {
    first_.ended(node, outcome);
    second_.ended(node, outcome);
  }

 private:
  Observer& first_;
  Observer& second_;
};

/// As short as it can be typed where the user stands.
std::string shown_path(const fs::path& path) {
  std::error_code fault;
  const auto here = fs::current_path(fault);
  const auto relative = fault ? path : path.lexically_relative(here);
  return relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
}

const char* status_of(const RunOutcome& outcome, bool faults) {
  if (outcome.exit_code() == 0 && !faults) return "done";  // a request to stop may come too late
  return outcome.stopped ? "stopped" : "failed";
}

std::string counts(const RunOutcome& outcome) {
  std::string text = count_text(outcome.nodes.size(), "node") + ": ";
  const char* separator = "";
  for (const auto status :
       {NodeStatus::kCached, NodeStatus::kDone, NodeStatus::kFailed, NodeStatus::kBlocked, NodeStatus::kStopped})
    if (const auto count = outcome.count(status); count > 0) {
      text += fmt::format("{}{} {}", separator, count, status == NodeStatus::kStopped ? "not done" : name_of(status));
      separator = ", ";
    }
  return text;
}

void say_end(Display& display, const RunOutcome& outcome, const RunFolder& folder, const RunSettings& settings) {
  const auto faults = folder.faults();
  for (const auto& fault : faults) display.say("error: " + fault);
  const std::string status = status_of(outcome, !faults.empty());
  if (status == "done" && (settings.quiet || settings.on_done)) return;
  display.say(fmt::format("{} in {}, {}", status, duration_text(outcome.seconds), counts(outcome)));
  constexpr std::size_t kMostProducts = 10;
  const auto products = settings.keeps_folder ? folder.products() : std::vector<fs::path>{};
  for (std::size_t i = 0; i < products.size() && i < kMostProducts; ++i)
    display.say("  wrote " + shown_path(products[i]));
  if (products.size() > kMostProducts) display.say(fmt::format("  and {} more", products.size() - kMostProducts));
  if (settings.keeps_folder) display.say("  run   " + shown_path(folder.path()));
  if (status != "done") display.say("  what is done is kept; go on with: " + settings.command);
}

}  // namespace

int run_pipeline(const Plan& plan, const RunSettings& settings) {
  Store store(settings.cache);
  RunFolder folder(plan, store, settings.runs, {settings.command, settings.version, settings.limits});
  Display display(plan, settings.quiet ? Display::Style::kQuiet : Display::style_of_stderr());
  Both observer(folder, display);
  PluginStages source;
  std::atomic<bool> stop{false};
  Executor executor(
      plan,
      {settings.limits, settings.keep_going, folder.name(), settings.command, settings.version, settings.graph_svg},
      store, source, observer, stop);
  install_crash_handler();

  RunOutcome outcome;
  {
    const Interrupt interrupt(
        stop, std::chrono::seconds(settings.grace_seconds),
        {.asked =
             [&] {
               const auto running = executor.running().size();
               display.say(
                   fmt::format("stopping: {} asked to save what is done (up to {} s); Ctrl-C again ends at once",
                               count_text(running, "node"), settings.grace_seconds));
             },
         .grace_over =
             [&] {
               const auto running = executor.running();
               for (const auto node : running)
                 display.say(
                     fmt::format("error: {}: it does not stop: still running {} s after it was asked to\n"
                                 "  hint: its run() should call context.check_stop() now and then",
                                 described(plan.nodes[node]), settings.grace_seconds));
               return !running.empty();
             },
         .before_exit =
             [&] {
               display.close();
               auto so_far = executor.so_far();
               for (auto& node : so_far.nodes)
                 if (node.status == NodeStatus::kWaiting) node.status = NodeStatus::kStopped;
               try {
                 folder.finish(so_far, "stopped");
               } catch (const std::exception& fault) {
                 display.say("error: " + plain_words(fault));
               }
               say_end(display, so_far, folder, settings);
               std::error_code ignored;
               if (!settings.keeps_folder) fs::remove_all(settings.runs, ignored);
             }});
    outcome = executor.run();
  }
  const bool faults = !folder.faults().empty();
  folder.finish(outcome, status_of(outcome, faults));
  display.close();
  say_end(display, outcome, folder, settings);
  if (settings.on_done && outcome.exit_code() == 0 && !faults) settings.on_done(folder.path());
  if (settings.json) {
    std::ifstream record(folder.path() / "run.json", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(record), {}};
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  return outcome.exit_code() == 0 && faults ? 1 : outcome.exit_code();
}

}  // namespace morgana::host
