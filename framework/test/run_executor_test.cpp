// SPDX-License-Identifier: Apache-2.0
#include "run/executor.hpp"

#include <algorithm>
#include <condition_variable>

#include "morgana/random.hpp"
#include "run_pipeline.hpp"

namespace morgana::host::testing {
namespace {

class Give final : public Stage {
  Out<Metrics> number{*this, "number", "The number."};
  Param<double> value{*this, "value", {.value = 1.0, .doc = "It."}};
  void run(Context& context) override {
    context.log().info("gives {}", *value);
    number = testing::number(*value);
  }
};

class Add final : public Stage {
  In<Metrics> left{*this, "left", "One number."};
  In<Metrics> right{*this, "right", "Another.", Need::kOptional};
  Out<Metrics> number{*this, "number", "The sum."};
  Param<double> by{*this, "by", {.value = 0.0, .doc = "Also added."}};
  void run(Context&) override { number = testing::number(number_in(*left) + (right ? number_in(*right) : 0) + *by); }
};

class Draw final : public Stage {
  Out<Metrics> number{*this, "number", "A random number."};
  Seed seed{*this};
  void run(Context&) override { number = testing::number(Random(*seed, 0).uniform(0)); }
};

class Sum final : public Stage {
  Gather<Metrics> numbers{*this, "numbers", "Numbers."};
  Out<Metrics> number{*this, "number", "Their sum."};
  void run(Context&) override {
    double sum = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) sum += number_in(numbers[i]);
    number = testing::number(sum);
  }
};

class Refuse final : public Stage {
  Out<Metrics> number{*this, "number", "Never given."};
  Param<std::string> how{*this, "how", {.value = "error", .doc = "What it does."}};
  void run(Context&) override {
    if (*how == "error") throw Error("no number is good enough").hint("lower your standards");
    if (*how == "exception") throw std::out_of_range("beyond");
    if (*how == "integer") throw 42;
    if (*how == "twice") number = testing::number(1);
    if (*how == "twice") number = testing::number(2);
  }
};

/// A value type of a plugin's own, whose saving may fail.
class Blob final : public Value {
 public:
  explicit Blob(std::string how) : how_(std::move(how)) {}
  static const ValueType& type() {
    static const ValueType type{"Blob", ".txt", [](const std::filesystem::path& file) -> std::shared_ptr<const Value> {
                                  return std::make_shared<const Blob>(read_text(file));
                                }};
    return type;
  }
  const ValueType& value_type() const override { return type(); }
  std::size_t bytes() const override { return how_.size(); }
  void save(const std::filesystem::path& file) const override {
    if (how_ == "exception") throw std::out_of_range("beyond");
    if (how_ == "integer") throw 42;
    write_text(file, how_);
  }

 private:
  std::string how_;
};

class GiveBlob final : public Stage {
  Out<Blob> blob{*this, "blob", "A value."};
  Param<std::string> how{*this, "how", {.value = "good", .doc = "What its saving does."}};
  void run(Context&) override { blob = Blob(*how); }
};

class TakeBlob final : public Stage {
  In<Blob> blob{*this, "blob", "A value."};
  Out<Metrics> number{*this, "number", "Its size."};
  void run(Context&) override { number = testing::number(static_cast<double>(blob->bytes())); }
};

class Write final : public Stage {
  In<Metrics> number{*this, "number", "A number."};
  Param<OutputPath> path{*this, "path", {.value = OutputPath{"number.txt"}, .doc = "Where to."}};
  void run(Context&) override { std::ofstream(path->path) << number_in(*number); }
};

class Read final : public Stage {
  Out<Metrics> number{*this, "number", "The file's size."};
  Param<InputPath> path{*this, "path", {.value = InputPath{""}, .doc = "What to read."}};
  void run(Context&) override { number = testing::number(static_cast<double>(read_text(path->path).size())); }
};

class Train final : public Stage {
  Out<Metrics> number{*this, "number", "Steps."};
  Param<int> steps{*this, "steps", {.value = 5, .doc = "Steps."}};
  Param<int> stop_at{*this, "stop_at", {.value = 5, .doc = "Where the test stops it."}};

 public:
  static inline std::atomic<bool>* stop = nullptr;
  static inline int steps_done = 0;

 private:
  void run(Context& context) override {
    const auto file = context.checkpoints() / "step";
    int step = std::filesystem::exists(file) ? std::stoi(read_text(file)) : 0;
    for (; step < *steps; ++step, ++steps_done) {
      write_text(file, std::to_string(step));
      context.progress(
          {.done = static_cast<std::uint64_t>(step), .total = static_cast<std::uint64_t>(*steps), .unit = "steps"});
      if (stop != nullptr && step == *stop_at) *stop = true;
      context.check_stop();
    }
    number = testing::number(step);
  }
};

class Tell final : public Stage {
  In<Metrics> left{*this, "left", "A number."};
  Out<Metrics> number{*this, "number", "How many nodes there are above."};
  ReportsRun reports{*this};
  void run(Context& context) override {
    number = testing::number(static_cast<double>(context.run_facts().costs.size()));
  }
};

class ExecutorTest : public PipelineTest {
 protected:
  ExecutorTest() {
    source.add<Give>("give");
    source.add<Add>("add");
    source.add<Draw>("draw");
    source.add<Sum>("sum");
    source.add<Refuse>("refuse");
    source.add<Write>("write");
    source.add<GiveBlob>("give-blob");
    source.add<TakeBlob>("take-blob");
    source.add<Read>("read");
    source.add<Train>("train");
    source.add<Tell>("tell");
  }
  HandPlan diamond(double value = 1, double by = 10) {
    HandPlan plan(source);
    plan.node("top", "give", {}, {{"value", value}})
        .node("left", "add", {{"left", "top.number"}}, {{"by", by}})
        .node("right", "add", {{"left", "top.number"}}, {{"by", 100.0}})
        .node("bottom", "add", {{"left", "left.number"}, {"right", "right.number"}});
    return plan;
  }
};

TEST_F(ExecutorTest, ValuesFlowAlongEdges) {
  const auto plan = diamond();
  const auto outcome = run(plan);
  EXPECT_EQ(outcome.exit_code(), 0);
  EXPECT_EQ(outcome.count(NodeStatus::kDone), 4u);
  Store store(folder.path() / "cache");
  const auto& bottom = *of(outcome, plan, "bottom").entry;
  EXPECT_EQ(number_in(*Metrics::load(store.path_of(bottom, bottom.outputs[0]))), 112);
  EXPECT_EQ(read_entry(store.folder(of(outcome, plan, "top").key) / "entry.json").entry.log,
            std::vector<std::string>{"gives 1"});
}

TEST_F(ExecutorTest, SecondRunComesFromTheCache) {
  const auto plan = diamond();
  const auto first = run(plan);
  const auto second = run(plan);
  EXPECT_EQ(second.count(NodeStatus::kCached), 4u);
  EXPECT_EQ(source.runs["top"], 1);
  EXPECT_EQ(hash(first, plan, "bottom"), hash(second, plan, "bottom"));
}

TEST_F(ExecutorTest, OnlyWhatDependsOnAChangeRunsAgain) {
  run(diamond(1, 10));
  const auto plan = diamond(1, 20);
  const auto outcome = run(plan);
  EXPECT_EQ(of(outcome, plan, "top").status, NodeStatus::kCached);
  EXPECT_EQ(of(outcome, plan, "right").status, NodeStatus::kCached);
  EXPECT_EQ(of(outcome, plan, "left").reason, "by 10 -> 20");
  EXPECT_EQ(of(outcome, plan, "bottom").reason, "input \"left\" changed");
}

TEST_F(ExecutorTest, EqualResultCutsTheChangeOff) {
  HandPlan before(source), after(source);
  before.node("a", "give", {}, {{"value", 3.0}}).node("b", "add", {{"left", "a.number"}});
  after.node("zero", "give", {}, {{"value", 0.0}})
      .node("a", "add", {{"left", "zero.number"}}, {{"by", 3.0}})
      .node("b", "add", {{"left", "a.number"}});
  run(before);
  const auto outcome = run(after);
  EXPECT_EQ(of(outcome, after, "a").status, NodeStatus::kDone);
  EXPECT_EQ(of(outcome, after, "b").status, NodeStatus::kCached);
}

TEST_F(ExecutorTest, RebuiltPluginRunsAgain) {
  run(diamond());
  auto plan = diamond();
  plan.plugin.build_id = "build-2";
  for (auto& node : plan.plan.nodes) node.plugin = &plan.plugin;
  const auto outcome = run(plan);
  EXPECT_EQ(of(outcome, plan, "top").reason, "the plugin was rebuilt");
  EXPECT_EQ(of(outcome, plan, "bottom").status, NodeStatus::kDone);  // its own code changed too
}

TEST_F(ExecutorTest, SeedIsPartOfTheKey) {
  HandPlan plan(source);
  plan.node("draw", "draw");
  const auto first = run(plan);
  EXPECT_EQ(run(plan).count(NodeStatus::kCached), 1u);
  plan.plan.nodes[0].seed += 1;
  const auto other = run(plan);
  EXPECT_NE(hash(first, plan, "draw"), hash(other, plan, "draw"));
}

TEST_F(ExecutorTest, SameSeedGivesTheSameBytesInAnotherCache) {
  HandPlan plan(source);
  plan.node("draw", "draw").node("sum", "sum", {{"numbers", "draw.number"}, {"numbers", "draw.number"}});
  const auto first = run(plan);
  Store other(folder.path() / "other");
  EXPECT_EQ(hash(first, plan, "sum"), hash(run(plan, other), plan, "sum"));
}

TEST_F(ExecutorTest, FailureNamesNodeLibraryAndStage) {
  HandPlan plan(source);
  plan.node("bad", "refuse").node("after", "add", {{"left", "bad.number"}});
  const auto outcome = run(plan);
  EXPECT_EQ(of(outcome, plan, "bad").error, "node \"bad\": libmorgana_hand.so, stage refuse: no number is good enough");
  EXPECT_EQ(of(outcome, plan, "bad").hint, "lower your standards");
  EXPECT_EQ(of(outcome, plan, "after").status, NodeStatus::kBlocked);
  EXPECT_EQ(of(outcome, plan, "after").reason, "\"bad\" failed");
  EXPECT_EQ(outcome.exit_code(), 1);
}

TEST_F(ExecutorTest, WhateverAStageThrowsIsAnError) {
  for (const auto& [how, text] :
       std::map<std::string, std::string>{{"exception", "beyond (std::out_of_range)"},
                                          {"integer", "it threw int, which is no std::exception"},
                                          {"forget", "it ended without giving its output \"number\""},
                                          {"twice", "output \"number\" is assigned twice"}}) {
    HandPlan plan(source);
    plan.node("bad", "refuse", {}, {{"how", how}});
    EXPECT_EQ(of(run(plan), plan, "bad").error, "node \"bad\": libmorgana_hand.so, stage refuse: " + text);
  }
}

TEST_F(ExecutorTest, WhateverAValuesSavingThrowsIsAnError) {
  for (const auto& [how, text] : std::map<std::string, std::string>{
           {"exception", "beyond (std::out_of_range)"}, {"integer", "it threw int, which is no std::exception"}}) {
    HandPlan plan(source);
    plan.node("bad", "give-blob", {}, {{"how", how}});
    EXPECT_EQ(of(run(plan), plan, "bad").error,
              "node \"bad\": libmorgana_hand.so, stage give-blob: its output \"blob\" cannot be saved: " + text);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "cache/building"));
}

TEST_F(ExecutorTest, CodeOfACodecIsPartOfTheKeyOfWhatUsesIt) {
  PluginManifest encoder;
  encoder.library = "/nowhere/libmorgana_encoder.so";
  encoder.name = "encoder";
  encoder.build_id = "build-1";
  encoder.codecs = {"gasf"};
  HandPlan plan(source);
  plan.node("images", "give-blob").node("decode", "take-blob", {{"blob", "images.blob"}});
  plan.plan.nodes[0].plugin = &encoder;
  run(plan);
  EXPECT_EQ(run(plan).count(NodeStatus::kCached), 2u);
  encoder.build_id = "build-2";  // gives the same bytes, but decodes them otherwise
  EXPECT_EQ(of(run(plan), plan, "decode").status, NodeStatus::kDone);
}

TEST_F(ExecutorTest, FailureStopsTheRestUnlessToldToKeepGoing) {
  options.limits.jobs = options.limits.threads = 1;
  HandPlan plan(source);
  plan.node("bad", "refuse").node("good", "give").node("better", "add", {{"left", "good.number"}});
  EXPECT_EQ(of(run(plan), plan, "better").status, NodeStatus::kStopped);
  options.keep_going = true;
  const auto outcome = run(plan);
  EXPECT_EQ(of(outcome, plan, "better").status, NodeStatus::kDone);
  EXPECT_EQ(outcome.exit_code(), 1);
}

TEST_F(ExecutorTest, CorruptValueIsMadeAgain) {
  HandPlan plan(source);
  plan.node("a", "give", {}, {{"value", 5.0}}).node("b", "add", {{"left", "a.number"}});
  const auto first = run(plan);
  Store store(folder.path() / "cache");
  const auto& a = *of(first, plan, "a").entry;
  auto text = read_text(store.path_of(a, a.outputs[0]));
  text[text.size() / 2] ^= 1;  // the size stays
  std::filesystem::permissions(store.path_of(a, a.outputs[0]), std::filesystem::perms::owner_all);
  write_text(store.path_of(a, a.outputs[0]), text);

  HandPlan more(source);
  more.node("a", "give", {}, {{"value", 5.0}}).node("b", "add", {{"left", "a.number"}}, {{"by", 1.0}});
  const auto outcome = run(more);
  EXPECT_EQ(outcome.exit_code(), 0);
  EXPECT_EQ(source.runs["a"], 2);
  EXPECT_EQ(of(outcome, more, "a").reason, "its cached result was corrupt");
  EXPECT_TRUE(std::any_of(notes.lines.begin(), notes.lines.end(),
                          [](const auto& line) { return line.find("corrupt") != std::string::npos; }));
  EXPECT_EQ(hash(outcome, more, "a"), hash(first, plan, "a"));
}

/// Gives another number each time it runs.
class Count final : public Stage {
  Out<Metrics> number{*this, "number", "How often it ran."};

 public:
  static inline int runs = 0;

 private:
  void run(Context&) override { number = testing::number(++runs); }
};

/// Changes one byte of a node's value; its size stays.
void corrupt(Store& store, const NodeOutcome& outcome) {
  const auto file = store.path_of(*outcome.entry, outcome.entry->outputs[0]);
  auto text = read_text(file);
  text[text.size() / 2] ^= 1;
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  write_text(file, text);
}

TEST_F(ExecutorTest, WhatIsMadeAgainFromOtherInputsIsKeptUnderTheirKey) {
  source.add<Count>("count");
  Count::runs = 0;
  const auto plan_with = [&](double by) {
    HandPlan plan(source);
    plan.node("deep", "count")
        .node("middle", "add", {{"left", "deep.number"}})
        .node("end", "add", {{"left", "middle.number"}}, {{"by", by}});
    return plan;
  };
  const auto before = plan_with(0), plan = plan_with(100);
  const auto first = run(before);
  Store store(folder.path() / "cache");
  corrupt(store, of(first, before, "deep"));
  corrupt(store, of(first, before, "middle"));

  const auto outcome = run(plan);
  ASSERT_EQ(outcome.exit_code(), 0);
  const auto value = [&](const char* node) {
    const auto& entry = *of(outcome, plan, node).entry;
    return number_in(*Metrics::load(store.path_of(entry, entry.outputs[0])));
  };
  EXPECT_EQ(value("deep"), 2);  // it draws anew, so what is made of it is another too
  EXPECT_EQ(value("middle"), 2);
  EXPECT_EQ(value("end"), 102);
  for (const char* node : {"middle", "end"}) {
    const auto& made = of(outcome, plan, node);
    EXPECT_EQ(made.entry->key, made.key);
    EXPECT_EQ(made.material.key(), made.key);
    EXPECT_EQ(made.material.parts.back().value, hash(outcome, plan, std::string(node) == "end" ? "middle" : "deep"));
  }
  EXPECT_FALSE(store.find(of(first, before, "middle").key)) << "the corrupt result is gone";
  EXPECT_EQ(verify(store, false).broken.size(), 0u);
}

/// Adds as its threads allow: with several it is made again only where they are free.
class AddInParallel final : public Stage {
  In<Metrics> left{*this, "left", "A number."};
  Out<Metrics> number{*this, "number", "The same."};
  Parallel parallel{*this};

 public:
  static inline std::atomic<int> threads = 0;

 private:
  void run(Context& context) override {
    threads = context.threads();
    number = testing::number(number_in(*left));
  }
};

TEST_F(ExecutorTest, WhatIsMadeAgainHasTheThreadsItHadAtFirst) {
  source.add<AddInParallel>("parallel");
  const auto plan_with = [&](double by) {
    HandPlan plan(source);
    plan.node("a", "give")
        .node("b", "parallel", {{"left", "a.number"}})
        .node("c", "add", {{"left", "b.number"}}, {{"by", by}});
    plan.plan.nodes[1].threads = 2;
    return plan;
  };
  const auto first = run(plan_with(0));
  EXPECT_EQ(AddInParallel::threads, 2);
  {
    Store store(folder.path() / "cache");
    corrupt(store, first.nodes[1]);
  }
  AddInParallel::threads = 0;
  EXPECT_EQ(run(plan_with(1)).exit_code(), 0);
  EXPECT_EQ(AddInParallel::threads, 2);
}

TEST_F(ExecutorTest, AFaultOfTheObserverEndsTheRunAndNotTheProcess) {
  class Deaf final : public Observer {
    void ended(std::size_t, const NodeOutcome&) override { throw Error("nobody listens"); }
  } deaf;
  const auto plan = diamond();
  Store store(folder.path() / "cache");
  Executor executor(plan.plan, options, store, source, deaf, stop);
  EXPECT_THROW(executor.run(), Error);
}

TEST_F(ExecutorTest, TruncatedValueIsAMiss) {
  const auto plan = diamond();
  const auto first = run(plan);
  Store store(folder.path() / "cache");
  const auto& top = *of(first, plan, "top").entry;
  std::filesystem::permissions(store.path_of(top, top.outputs[0]), std::filesystem::perms::owner_all);
  std::filesystem::resize_file(store.path_of(top, top.outputs[0]), 3);
  const auto second = run(plan);
  EXPECT_EQ(of(second, plan, "top").status, NodeStatus::kDone);
  EXPECT_EQ(of(second, plan, "top").reason, "its result is no longer in the cache");
  EXPECT_EQ(of(second, plan, "bottom").status, NodeStatus::kCached);
}

TEST_F(ExecutorTest, LostIndexIsMadeAgainFromTheEntries) {
  run(diamond());
  for (const char* file : {"index.sqlite", "index.sqlite-wal", "index.sqlite-shm"})
    std::filesystem::remove(folder.path() / "cache" / file);
  EXPECT_EQ(run(diamond()).count(NodeStatus::kCached), 4u);
}

TEST_F(ExecutorTest, ContentOfAnInputFileCountsAndItsNameDoesNot) {
  write_text(folder.path() / "one", "abc");
  write_text(folder.path() / "two", "abc");
  write_text(folder.path() / "three", "abcd");
  const auto with = [&](const char* name) {
    HandPlan plan(source);
    plan.node("read", "read", {}, {{"path", (folder.path() / name).string()}});
    return run(plan).nodes[0];
  };
  EXPECT_EQ(with("one").status, NodeStatus::kDone);
  EXPECT_EQ(with("two").status, NodeStatus::kCached);
  EXPECT_EQ(with("three").reason, "file \"path\" changed");
  EXPECT_EQ(with("four").error, "node \"read\": parameter \"path\": there is no " + (folder.path() / "four").string());
}

TEST_F(ExecutorTest, ProductIsKeptUnderItsParameter) {
  const auto with = [&](const char* place) {
    HandPlan plan(source);
    plan.node("a", "give", {}, {{"value", 7.0}}).node("write", "write", {{"number", "a.number"}}, {{"path", place}});
    return run(plan).nodes[1];
  };
  const auto first = with("out/number.txt");
  ASSERT_EQ(first.entry->products.size(), 1u);
  EXPECT_EQ(first.entry->products[0].file, "files/path.txt");
  Store store(folder.path() / "cache");
  EXPECT_EQ(read_text(store.path_of(*first.entry, first.entry->products[0])), "7");
  EXPECT_EQ(with("elsewhere.txt").status, NodeStatus::kCached);
  EXPECT_EQ(with("other.csv").status, NodeStatus::kDone);  // the extension may name the format
}

TEST_F(ExecutorTest, StoppedTrainingGoesOnFromItsCheckpoint) {
  HandPlan plan(source);
  plan.node("train", "train", {}, {{"stop_at", std::int64_t{3}}});
  Train::stop = &stop;
  Train::steps_done = 0;
  const auto first = run(plan);
  EXPECT_EQ(of(first, plan, "train").status, NodeStatus::kStopped);
  EXPECT_TRUE(first.stopped);
  EXPECT_EQ(first.exit_code(), 1);
  Train::stop = nullptr;
  stop = false;
  const auto second = run(plan);
  EXPECT_EQ(second.exit_code(), 0);
  EXPECT_EQ(Train::steps_done, 5);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "cache" / "checkpoints"));
}

TEST_F(ExecutorTest, ReportIsToldOfWhatItDependsOn) {
  HandPlan plan(source);
  plan.node("a", "give")
      .node("unrelated", "give", {}, {{"value", 2.0}})
      .node("b", "add", {{"left", "a.number"}})
      .node("tell", "tell", {{"left", "b.number"}});
  const auto outcome = run(plan);
  Store store(folder.path() / "cache");
  const auto& entry = *of(outcome, plan, "tell").entry;
  EXPECT_EQ(number_in(*Metrics::load(store.path_of(entry, entry.outputs[0]))), 2);
}

/// Waits until two of its kind run.
class Meet final : public Stage {
  Out<Metrics> number{*this, "number", "1."};
  Param<int> which{*this, "which", {.value = 0, .doc = "Tells them apart."}};

 public:
  static inline std::mutex mutex;
  static inline std::condition_variable changed;
  static inline int present = 0, most = 0, wanted = 2;

 private:
  void run(Context&) override {
    std::unique_lock lock(mutex);
    most = std::max(most, ++present);
    changed.notify_all();
    changed.wait_for(lock, std::chrono::seconds(wanted > 1 ? 20 : 0), [] { return most >= wanted; });
    --present;
    number = testing::number(1);
  }
};

TEST_F(ExecutorTest, BranchesRunSideBySideAndJobsBoundsThem) {
  source.add<Meet>("meet");
  const auto plan = [&](std::int64_t first) {
    HandPlan made(source);
    for (std::int64_t i = 0; i < 4; ++i) made.node("m" + std::to_string(i), "meet", {}, {{"which", first + i}});
    return made;
  };
  Meet::most = Meet::present = 0;
  Meet::wanted = 2;
  EXPECT_EQ(run(plan(0)).exit_code(), 0);
  EXPECT_EQ(Meet::most, 2);
  Meet::most = 0;
  Meet::wanted = 1;
  options.limits.jobs = 1;
  EXPECT_EQ(run(plan(10)).exit_code(), 0);
  EXPECT_EQ(Meet::most, 1);
}

TEST_F(ExecutorTest, TwoRunsAtOnceMakeEachNodeOnce) {
  HandPlan plan(source);
  plan.node("n0", "give");
  for (int i = 1; i < 40; ++i)
    plan.node("n" + std::to_string(i), "add", {{"left", "n" + std::to_string(i - 1) + ".number"}}, {{"by", 1.0 * i}});
  RunOutcome outcomes[2];
  std::vector<std::thread> threads;
  for (auto& outcome : outcomes)
    threads.emplace_back([&] {
      Store store(folder.path() / "cache");
      outcome = run(plan, store);
    });
  for (auto& thread : threads) thread.join();
  for (const auto& outcome : outcomes) EXPECT_EQ(outcome.exit_code(), 0);
  for (const auto& [node, count] : source.runs) EXPECT_EQ(count, 1) << node;
  EXPECT_EQ(hash(outcomes[0], plan, "n39"), hash(outcomes[1], plan, "n39"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "cache" / "locks"));
}

}  // namespace
}  // namespace morgana::host::testing
