// SPDX-License-Identifier: Apache-2.0
#include "run/executor.hpp"

#include <fmt/format.h>
#include <tbb/global_control.h>

#include <algorithm>

#include "cache/plain_words.hpp"
#include "run/crash.hpp"
#include "run/hand_over.hpp"
#include "run/reason.hpp"
#include "run/stage_context.hpp"
#include "run/stage_run.hpp"

namespace morgana::host {
namespace {

// What is handed over: by the thread that built the graph, and by its tasks when they end.
constexpr char kGraph = 0, kTasks = 0;

}  // namespace

Executor::Executor(const Plan& plan, ExecutorOptions options, Store& store, StageSource& source, Observer& observer,
                   const std::atomic<bool>& stop)
    : plan_(plan),
      options_(std::move(options)),
      store_(store),
      source_(source),
      observer_(observer),
      stop_(stop),
      contents_(store.index()),
      values_(plan, store, source),
      states_(plan.nodes.size()) {}

RunOutcome Executor::run() {
  // oneTBB has a thread a core unless told otherwise, and says so on stderr where a stage is given more.
  constexpr auto kParallelism = tbb::global_control::max_allowed_parallelism;
  const tbb::global_control parallelism(kParallelism, std::max(tbb::global_control::active_value(kParallelism),
                                                               static_cast<std::size_t>(options_.limits.threads)));
  store_.index().prefetch(plan_.file.string());
  scheduler_ = std::make_unique<Scheduler>(
      options_.limits,
      [this](std::size_t node, const Budget::Grant& grant, Demand& demand) { return work(node, grant, demand); });
  for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
    deciders_.emplace_back(graph_, [this, i](const Message&) {
      take_over(&kGraph);
      for (const auto& edge : plan_.nodes[i].edges) take_over(&states_[edge.from]);
      decide(i);
      hand_over(&kTasks);
      return Message();
    });
    enders_.emplace_back(graph_);
    std::vector<std::size_t> before;
    for (const auto& edge : plan_.nodes[i].edges) before.push_back(edge.from);
    std::sort(before.begin(), before.end());
    before.erase(std::unique(before.begin(), before.end()), before.end());
    for (const auto from : before) tbb::flow::make_edge(enders_[from], deciders_[i]);
  }
  hand_over(&kGraph);
  for (std::size_t i = 0; i < plan_.nodes.size(); ++i)
    if (plan_.nodes[i].edges.empty()) deciders_[i].try_put(Message());
  graph_.wait_for_all();
  take_over(&kTasks);
  scheduler_.reset();

  RunOutcome outcome;
  for (auto& state : states_) {
    const std::lock_guard lock(state.mutex);
    outcome.nodes.push_back(std::move(state.outcome));
  }
  outcome.stopped = stop_.load();
  std::vector<NodeMemory> memories;
  for (std::size_t i = 0; i < plan_.nodes.size(); ++i)
    if (outcome.nodes[i].entry)
      memories.push_back({plan_.nodes[i].name, outcome.nodes[i].key, &outcome.nodes[i].material});
  store_.index().remember(plan_.file.string(), memories);
  outcome.seconds = now();
  if (observer_fault_) std::rethrow_exception(observer_fault_);
  return outcome;
}

RunOutcome Executor::so_far() const {
  RunOutcome outcome;
  for (const auto& state : states_) {
    const std::lock_guard lock(state.mutex);
    outcome.nodes.push_back(state.outcome);
  }
  outcome.stopped = stop_.load();
  outcome.seconds = now();
  return outcome;
}

std::vector<std::size_t> Executor::running() const {
  const std::lock_guard lock(running_mutex_);
  return running_;
}

double Executor::now() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

bool Executor::halted() const { return stop_.load() || (failed_.load() && !options_.keep_going); }

// Runs as a task of the flow graph: takes the node from the cache, or hands it to the scheduler.
void Executor::decide(std::size_t node) {
  const auto& planned = plan_.nodes[node];
  try {
    std::string blocker;
    for (const auto& edge : planned.edges) {
      const std::lock_guard lock(states_[edge.from].mutex);
      const auto status = states_[edge.from].outcome.status;
      if (status == NodeStatus::kFailed || status == NodeStatus::kBlocked) blocker = plan_.nodes[edge.from].name;
    }
    if (!blocker.empty()) {
      set_status(node, NodeStatus::kBlocked, fmt::format("\"{}\" failed", blocker));
      return end(node);
    }
    if (halted()) {
      set_status(node, NodeStatus::kStopped, "not begun");
      return end(node);
    }
    const auto placement = placement_of(planned, options_.limits.threads);
    {
      const std::lock_guard lock(states_[node].mutex);
      states_[node].outcome.threads = placement.threads;
      states_[node].outcome.device = placement.cuda ? "cuda" : "cpu";
    }
    if (auto entry = store_.find(refreshed_key(node))) {
      take_cached(node, std::move(*entry), "cached");
      return end(node);
    }
    {
      const auto& outcome = states_[node].outcome;
      auto reason = reason_of(store_, plan_.file.string(), planned.name, outcome.key, outcome.material);
      const std::lock_guard lock(states_[node].mutex);
      states_[node].outcome.reason = std::move(reason);
    }
    const auto growth = options_.limits.memory > 0 ? store_.index().memory_growth(planned.stage->name) : std::nullopt;
    graph_.reserve_wait();
    try {
      scheduler_->submit(node, {placement.threads, placement.cuda, growth});
    } catch (...) {  // else the run would wait for it for ever
      graph_.release_wait();
      throw;
    }
  } catch (const Error& error) {
    fail(node, error, false);
    end(node);
  } catch (const std::exception& exception) {
    fail(node, Error(plain_words(exception)), false);
    end(node);
  }
}

// Runs on one of the scheduler's threads, with the node's threads and GPU taken.
Scheduler::Result Executor::work(std::size_t node, const Budget::Grant& grant, Demand& demand) {
  try {
    if (halted()) {
      set_status(node, NodeStatus::kStopped, "not begun");
    } else if (!work_locked(node, grant, demand)) {
      return Scheduler::Result::kNotNow;
    }
  } catch (const Stopped&) {
    set_status(node, NodeStatus::kStopped, "stopped on request");
  } catch (const Error& error) {
    fail(node, error, false);
  } catch (const std::exception& exception) {
    fail(node, Error(plain_words(exception)), false);
  } catch (...) {
    fail(node, Error("it threw what is no std::exception"), false);
  }
  end(node);
  graph_.release_wait();
  return Scheduler::Result::kFinished;
}

// False: not now; another run makes the node, or its key has changed, or it takes more to make an input again.
bool Executor::work_locked(std::size_t node, const Budget::Grant& grant, Demand& demand) {
  auto& state = states_[node];
  const auto key = refreshed_key(node);
  const auto lock = store_.try_lock(key);
  if (!lock) {
    if (!std::exchange(state.waited_for_other, true)) observer_.waits_for_other_run(node);
    return false;
  }
  if (auto entry = store_.find(key)) {
    take_cached(node, std::move(*entry), "made by another run");
    return true;
  }
  try {
    const std::lock_guard building(state.building);
    build(node, grant.gpu);
  } catch (const CorruptValue& fault) {
    if (allows_mending(grant, fault.node(), demand)) mend(fault, grant.gpu);
    return false;
  } catch (const InputChanged&) {
    return false;
  }
  return true;
}

// The caller holds the key's lock. Ends with the node done, failed or stopped; throws `CorruptValue` or `InputChanged`
// before it began.
void Executor::build(std::size_t node, int gpu) {
  const auto& planned = plan_.nodes[node];
  auto& state = states_[node];
  const auto key = state.outcome.key;
  const CrashName name(described(planned));
  std::unique_ptr<Stage> stage;
  try {
    stage = source_.make(planned);
    for (const auto* plugin : planned.codecs) source_.open_codecs(*plugin);
    connect_inputs(node, *stage);
    // What was connected may have been made again since the key was computed: its result belongs under another key.
    if (material(node).key() != key) throw InputChanged();
    {
      const std::lock_guard lock(state.mutex);
      state.outcome.started = now();
    }
    observer_.started(node, state.outcome);
    const auto folder = store_.begin(key);
    configure(*stage, planned, folder / "files");
    const bool cuda = state.outcome.device == "cuda";
    StageContext context({planned, node, key, Device{cuda ? Device::Kind::kCuda : Device::Kind::kCpu, std::max(gpu, 0)},
                          state.outcome.threads, store_, observer_, stop_, [this, node] { return facts(node); }});
    const auto span = memory_.begin();
    {
      const std::lock_guard lock(running_mutex_);
      running_.push_back(node);
    }
    const auto leave = [&] {
      const std::lock_guard lock(running_mutex_);
      running_.erase(std::find(running_.begin(), running_.end(), node));
    };
    try {
      run_guarded(*stage, context, state.outcome.threads);
    } catch (...) {
      leave();
      memory_.end(span);
      throw;
    }
    leave();
    auto values = outputs_of(*stage);
    Entry entry{key, planned.stage->name, {}, {}, 0, 0, 0, 0, {}};
    save_into(folder, values, planned, entry);
    stage.reset();  // the values live on; what else the stage held need not
    const auto memory = memory_.end(span);
    entry.seconds = now() - state.outcome.started;
    entry.peak_memory = memory.peak;
    entry.memory_growth = memory.growth();
    entry.made =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    entry.log = context.take_log();
    store_.commit(entry, state.outcome.material, planned.name);
    {
      const std::lock_guard lock(state.mutex);
      state.outcome.status = NodeStatus::kDone;
      state.outcome.seconds = entry.seconds;
      state.outcome.entry = std::move(entry);
    }
    // After the entry: who is given these values then also sees that they are new.
    values_.put(node, std::move(values));
  } catch (const CorruptValue&) {
    throw;
  } catch (const InputChanged&) {
    throw;
  } catch (const Stopped&) {
    store_.abandon(key);
    set_status(node, NodeStatus::kStopped, "stopped on request");
  } catch (const Error& error) {
    store_.abandon(key);
    // A stage that leaves its work half done when asked to stop has not failed.
    if (stop_.load() && stage &&
        std::string_view(error.what()).find("without giving its output") != std::string_view::npos)
      set_status(node, NodeStatus::kStopped, "stopped on request");
    else fail(node, error, true);
  } catch (const std::exception& exception) {  // ours: a full disk, a folder that went away
    store_.abandon(key);
    fail(node, Error(plain_words(exception)), true);
  }
}

void Executor::connect_inputs(std::size_t node, Stage& stage) {
  for (const auto& edge : plan_.nodes[node].edges) {
    const auto input = std::find_if(stage.inputs().begin(), stage.inputs().end(),
                                    [&](const auto* port) { return port->name() == edge.input; });
    if (input == stage.inputs().end())
      throw Error("the library has no input \"{}\", which its manifest has", edge.input);
    Entry entry;
    {
      const std::lock_guard lock(states_[edge.from].mutex);
      entry = *states_[edge.from].outcome.entry;
    }
    const auto& from = plan_.nodes[edge.from];
    (*input)->connect(values_.get(edge.from, edge.port, entry, (*input)->value_type()),
                      {from.base_name, edge.port, from.variables});
  }
}

KeyMaterial Executor::material(std::size_t node) {
  std::vector<std::string> hashes;
  for (const auto& edge : plan_.nodes[node].edges) {
    const std::lock_guard lock(states_[edge.from].mutex);
    const auto& entry = states_[edge.from].outcome.entry;
    const auto* file = entry ? entry->output(edge.port) : nullptr;
    if (file == nullptr) throw Error("\"{}\" gave no output \"{}\"", plan_.nodes[edge.from].name, edge.port);
    hashes.push_back(file->sha256);
  }
  return material_of(plan_, plan_.nodes[node], hashes, placement_of(plan_.nodes[node], options_.limits.threads),
                     contents_);
}

// The key of what the inputs are now: one of them may have been found corrupt and made again, and be another.
std::string Executor::refreshed_key(std::size_t node) {
  auto now = material(node);
  auto key = now.key();
  auto& state = states_[node];
  const std::lock_guard lock(state.mutex);
  state.outcome.key = key;
  state.outcome.material = std::move(now);
  return key;
}

void Executor::take_cached(std::size_t node, Entry entry, std::string reason) {
  const std::lock_guard lock(states_[node].mutex);
  states_[node].outcome.entry = std::move(entry);
  states_[node].outcome.status = NodeStatus::kCached;
  states_[node].outcome.reason = std::move(reason);
}

void Executor::set_status(std::size_t node, NodeStatus status, std::string reason) {
  const std::lock_guard lock(states_[node].mutex);
  states_[node].outcome.status = status;
  states_[node].outcome.reason = std::move(reason);
}

void Executor::fail(std::size_t node, const Error& error, bool of_stage) {
  const auto& planned = plan_.nodes[node];
  auto& state = states_[node];
  {
    const std::lock_guard lock(state.mutex);
    state.outcome.status = NodeStatus::kFailed;
    const auto* plugin = dynamic_cast<const PluginFault*>(&error);
    state.outcome.error = of_stage ? fmt::format("{}: {}", described(planned), plugin ? plugin->cause() : error.what())
                                   : fmt::format("node \"{}\": {}", planned.name, error.what());
    state.outcome.hint = error.hint();
    state.outcome.plugin_fault = plugin != nullptr;
  }
  failed_ = true;
}

// Tells observers and consumers, and drops the inputs. Runs on threads that nothing may leave by an exception.
void Executor::end(std::size_t node) noexcept {
  try {
    observer_.ended(node, states_[node].outcome);
  } catch (...) {
    const std::lock_guard lock(running_mutex_);
    if (!observer_fault_) observer_fault_ = std::current_exception();
    failed_ = true;
  }
  values_.release(plan_.nodes[node].edges);
  hand_over(&states_[node]);
  enders_[node].try_put(Message());
}

RunFacts Executor::facts(std::size_t node) const {
  RunFacts facts{options_.run_name, plan_.resolved_json, options_.graph_svg ? options_.graph_svg() : "",
                 options_.command,  options_.version,    {}};
  for (const auto number : ancestors(plan_, node)) {
    const std::lock_guard lock(states_[number].mutex);
    const auto& outcome = states_[number].outcome;
    const auto& planned = plan_.nodes[number];
    if (outcome.entry)
      facts.costs.push_back({planned.name, planned.stage->name, planned.variables, outcome.entry->seconds,
                             outcome.entry->peak_memory, outcome.status == NodeStatus::kCached});
  }
  return facts;
}

}  // namespace morgana::host
