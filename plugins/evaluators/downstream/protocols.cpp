// SPDX-License-Identifier: Apache-2.0
#include "protocols.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "morgana/error.hpp"
#include "morgana/random.hpp"
#include "statistics/classification.hpp"
#include "statistics/interval.hpp"

namespace morgana::downstream {
namespace {

using statistics::Confusion;
using Counts = std::vector<std::size_t>;
using Tags = std::map<std::string, std::string>;

LabelledSet labelled(const Traces& traces, const statistics::ClassList& classes, const FeatureRecipe& recipe,
                     const char* what) {
  const auto labels = classes.labels(traces.class_names(), traces.table().label.id);
  LabelledSet set;
  std::vector<std::size_t> kept;
  for (std::size_t row = 0; row < labels.size(); ++row)
    if (labels[row] >= 0) kept.push_back(row), set.labels.push_back(labels[row]);
  if (kept.empty())
    throw Error("none of the {} {} traces has a label; a classifier needs classes", traces.size(), what);
  set.unlabelled = traces.size() - kept.size();
  set.features = features_of(traces, recipe).select(kept);
  set.rows.resize(classes.size());
  for (std::size_t i = 0; i < set.labels.size(); ++i) set.rows[static_cast<std::size_t>(set.labels[i])].push_back(i);
  return set;
}

/// Results of one protocol over the repeats.
struct Results {
  Tags tags;
  std::vector<Confusion> confusions;  ///< one a repeat
  std::size_t trained_real = 0, trained_synthetic = 0;
  std::string note;

  std::vector<double> each(double (Confusion::*number)() const) const {
    std::vector<double> values;
    for (const auto& confusion : confusions) values.push_back((confusion.*number)());
    return values;
  }
};

class Protocols {
 public:
  Protocols(const Study& study, const ProtocolOptions& options, const TrainAndPredict& classifier, Context& context)
      : study_(study),
        options_(options),
        classifier_(classifier),
        context_(context),
        classes_(study.classes.size()),
        train_counts_(statistics::sizes(study.train.rows)),
        synthetic_counts_(statistics::smaller(train_counts_, statistics::sizes(study.synthetic.rows))) {
    if (statistics::total(synthetic_counts_) == 0)
      throw Error("the synthetic traces have no class of the training part");
    for (std::size_t i = 0; i < study.test.labels.size(); ++i) (study.seen[i] ? seen_ : unseen_).push_back(i);
  }

  Metrics run() {
    for (int repeat = 0; repeat < options_.repeats; ++repeat)
      run_repeat(mix_seed(options_.seed, static_cast<std::uint64_t>(repeat)));
    return report();
  }

 private:
  bool wants(const char* protocol) const {
    return std::find(options_.protocols.begin(), options_.protocols.end(), protocol) != options_.protocols.end();
  }

  void run_repeat(std::uint64_t seed) {
    const auto all_synthetic = drawn_synthetic(synthetic_counts_, mix_seed(seed, 1));
    const bool same_sizes = synthetic_counts_ == train_counts_;
    real_on_real(seed, all_synthetic);
    if (wants("TSTR")) {
      ask_real(train({}, all_synthetic, seed), "TSTR", {}, true);
      if (!same_sizes)
        ask_real(train(statistics::draw_by_class(study_.train.rows, synthetic_counts_, mix_seed(seed, 2)), {}, seed),
                 "TRTR-matched", {}, false);
    }
    if (wants("augmentation")) augment(seed);
    if (wants("few-real")) few_real(seed, all_synthetic);
  }

  void real_on_real(std::uint64_t seed, const std::vector<std::size_t>& synthetic) {
    const auto questions = study_.synthetic.features.select(synthetic);
    auto run = train(all_rows(study_.train), {}, seed, wants("TRTS") ? &questions : nullptr);
    if (wants("TRTS")) {
      auto& results = of("TRTS", {}, run);
      results.note = fmt::format("asked about {} synthetic traces", synthetic.size());
      results.confusions.emplace_back(classes_, labels_of(study_.synthetic, synthetic), run.answers[1]);
    }
    ask_real(std::move(run), "TRTR", {}, true);
  }

  void augment(std::uint64_t seed) {
    std::size_t before = 0;
    for (const double ratio : options_.ratios) {
      Counts counts(classes_);
      for (std::size_t i = 0; i < classes_; ++i)
        counts[i] = std::min(static_cast<std::size_t>(std::llround(ratio * static_cast<double>(train_counts_[i]))),
                             study_.synthetic.rows[i].size());
      const Tags tags{{"ratio", fmt::format("{:g}", ratio)}};
      const auto total = statistics::total(counts);
      if (total == before) {
        auto& results = results_[fmt::format("augmentation {:g}", ratio)];
        results.tags = tagged("augmentation", tags);
        results.note =
            fmt::format("not run: there are only {} synthetic traces for it, as for the ratio before", total);
        continue;
      }
      before = total;
      ask_real(train(all_rows(study_.train), drawn_synthetic(counts, mix_seed(seed, 3)), seed), "augmentation", tags,
               false);
    }
  }

  void few_real(std::uint64_t seed, const std::vector<std::size_t>& synthetic) {
    for (const double fraction : options_.few) {
      Counts counts(classes_);
      for (std::size_t i = 0; i < classes_; ++i)
        if (train_counts_[i] > 0)
          counts[i] = std::max<std::size_t>(
              1, static_cast<std::size_t>(std::llround(fraction * static_cast<double>(train_counts_[i]))));
      const auto real = statistics::draw_by_class(study_.train.rows, counts, mix_seed(seed, 4));
      const Tags tags{{"fraction", fmt::format("{:g}", fraction)}};
      ask_real(train(real, {}, seed), "few-real", tags, false);
      ask_real(train(real, synthetic, seed), "few-real+synthetic", tags, false);
    }
  }

  struct Run {
    std::vector<std::vector<std::int32_t>> answers;  ///< to the test part, then to the further questions
    std::size_t real = 0, synthetic = 0;
  };

  Run train(const std::vector<std::size_t>& real, const std::vector<std::size_t>& synthetic, std::uint64_t seed,
            const Features* further = nullptr) {
    context_.check_stop();
    auto features = study_.train.features.select(real);
    features.append(study_.synthetic.features.select(synthetic));
    auto labels = labels_of(study_.train, real);
    const auto more = labels_of(study_.synthetic, synthetic);
    labels.insert(labels.end(), more.begin(), more.end());
    std::vector<const Features*> questions{&study_.test.features};
    if (further != nullptr) questions.push_back(further);
    Run run{classifier_(features, labels, classes_, questions, mix_seed(seed, 100)), real.size(), synthetic.size()};
    context_.progress({++done_, 0, "classifiers", {}});
    return run;
  }

  void ask_real(const Run& run, const char* protocol, const Tags& tags, bool apart) {
    const auto& answers = run.answers[0];
    auto& results = of(protocol, tags, run);
    results.note = fmt::format("asked about {} real test traces", answers.size());
    results.confusions.emplace_back(classes_, study_.test.labels, answers);
    if (!apart) return;
    for (const auto& [rows, name] : {std::pair{&seen_, "seen"}, std::pair{&unseen_, "unseen"}}) {
      auto with = tags;
      with["test"] = name;
      auto& part = of(protocol, with, run);
      part.note =
          fmt::format("asked about the {} real test traces that {} in the training part, packet for packet by {}",
                      rows->size(), rows == &seen_ ? "stand" : "do not stand", study_.seen_by);
      Confusion confusion(classes_);
      for (const auto row : *rows) confusion.add(study_.test.labels[row], answers[row]);
      part.confusions.push_back(std::move(confusion));
    }
  }

  Tags tagged(const std::string& protocol, Tags tags) const {
    tags["protocol"] = protocol;
    tags["classifier"] = options_.classifier;
    return tags;
  }

  Results& of(const std::string& protocol, const Tags& tags, const Run& run) {
    std::string key = protocol;
    for (const auto& tag : tags) key += ' ' + tag.second;
    auto& results = results_[key];
    results.tags = tagged(protocol, tags);
    results.trained_real = run.real;
    results.trained_synthetic = run.synthetic;
    return results;
  }

  static std::vector<std::size_t> all_rows(const LabelledSet& set) {
    std::vector<std::size_t> rows(set.labels.size());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
    return rows;
  }
  static std::vector<std::int32_t> labels_of(const LabelledSet& set, const std::vector<std::size_t>& rows) {
    std::vector<std::int32_t> labels;
    for (const auto row : rows) labels.push_back(set.labels[row]);
    return labels;
  }
  std::vector<std::size_t> drawn_synthetic(const Counts& counts, std::uint64_t seed) const {
    return statistics::draw_by_class(study_.synthetic.rows, counts, seed);
  }

  // Report ------------------------------------------------------------------------------------------------------------

  Metric metric(const char* name, const Results& results, const std::vector<double>& values) const {
    const auto summary = statistics::summarise(values);
    Metric metric;
    metric.name = name;
    metric.value = summary.mean;
    metric.better = Better::kHigher;
    metric.tags = results.tags;
    metric.low = summary.low, metric.high = summary.high;
    metric.repeats = static_cast<std::int64_t>(values.size());
    metric.real_count = static_cast<std::int64_t>(results.trained_real);
    metric.synthetic_count = static_cast<std::int64_t>(results.trained_synthetic);
    metric.note = results.note;
    return metric;
  }

  /// The protocol that trains on real traces where this one has synthetic ones, at the same sizes.
  const Results* floor_of(const std::string& key) const {
    std::string wanted;
    if (key == "TSTR") wanted = results_.contains("TRTR-matched") ? "TRTR-matched" : "TRTR";
    if (key == "TSTR seen" || key == "TSTR unseen")
      wanted = results_.contains("TRTR-matched") ? "" : "TRTR" + key.substr(4);
    if (key == "TRTS") wanted = "TRTR";
    const auto found = results_.find(wanted);
    return found == results_.end() ? nullptr : &found->second;
  }

  Metrics report() const {
    Metrics metrics;
    for (const auto& [key, results] : results_) {
      const auto* floor = floor_of(key);
      for (const auto& [name, number] :
           {std::pair{"accuracy", &Confusion::accuracy}, std::pair{"macro_f1", &Confusion::macro_f1}}) {
        auto entry = metric(name, results, results.each(number));
        if (floor != nullptr) entry.floor = statistics::summarise(floor->each(number)).mean;
        entry.headline = key == "TSTR";
        metrics.metrics.push_back(std::move(entry));
      }
      if (key == "TRTR" || key == "TSTR") report_classes(metrics, results, floor);
    }
    report_against_real(metrics);
    metrics.notes = notes();
    return metrics;
  }

  void report_classes(Metrics& metrics, const Results& results, const Results* floor) const {
    const auto f1 = [](const Results& of, std::size_t index) {
      std::vector<double> values;
      for (const auto& confusion : of.confusions) values.push_back(confusion.f1(index));
      return values;
    };
    Confusion sum(classes_);
    for (const auto& confusion : results.confusions) sum += confusion;
    for (std::size_t i = 0; i < classes_; ++i) {
      auto entry = metric("f1", results, f1(results, i));
      entry.tags["class"] = study_.classes.names()[i];
      if (floor != nullptr) entry.floor = statistics::summarise(f1(*floor, i)).mean;
      if (std::isnan(entry.value)) entry.note = "the class is neither among the test traces nor ever predicted";
      metrics.metrics.push_back(std::move(entry));
    }
    // Mean over the repeats, so that a cell counts test traces.
    auto values = sum.counts();
    for (auto& value : values) value /= static_cast<double>(results.confusions.size());
    metrics.matrices.push_back(
        {"confusion", results.tags, study_.classes.names(), study_.classes.names(), std::move(values)});
  }

  /// Differences and ratios within each repeat, where both classifiers had one seed.
  void report_against_real(Metrics& metrics) const {
    const auto& real = results_.at("TRTR");
    const auto paired = [](const Results& first, const Results& second, double (Confusion::*number)() const,
                           bool ratio) {
      std::vector<double> values;
      for (std::size_t i = 0; i < std::min(first.confusions.size(), second.confusions.size()); ++i) {
        const double a = (first.confusions[i].*number)(), b = (second.confusions[i].*number)();
        values.push_back(ratio ? a / b : a - b);
      }
      return values;
    };
    if (const auto found = results_.find("TSTR"); found != results_.end()) {
      auto entry = metric("accuracy_ratio", found->second, paired(found->second, real, &Confusion::accuracy, true));
      entry.tags["protocol"] = "TSTR/TRTR";
      entry.headline = true;
      if (const auto* floor = floor_of("TSTR"); floor != &real)
        entry.floor = statistics::summarise(paired(*floor, real, &Confusion::accuracy, true)).mean;
      else entry.floor = 1;
      metrics.metrics.push_back(std::move(entry));
    }
    for (const auto& [key, results] : results_) {
      const bool augmentation = key.starts_with("augmentation"), few = key.starts_with("few-real+synthetic");
      if (!augmentation && !few) continue;
      const auto& base =
          augmentation ? real : results_.at("few-real" + key.substr(std::string("few-real+synthetic").size()));
      for (const auto& [name, number] : {std::pair{"augmentation_gain", &Confusion::accuracy},
                                         std::pair{"augmentation_gain_macro_f1", &Confusion::macro_f1}}) {
        auto entry = metric(name, results, paired(results, base, number, false));
        entry.headline = key == "augmentation 1" && number == &Confusion::accuracy;
        metrics.metrics.push_back(std::move(entry));
      }
    }
    report_curve(metrics);
  }

  void report_curve(Metrics& metrics) const {
    MetricCurve curve{"accuracy",
                      tagged("augmentation", {}),
                      "synthetic / real",
                      "",
                      {0},
                      {statistics::summarise(results_.at("TRTR").each(&Confusion::accuracy)).mean}};
    for (const double ratio : options_.ratios) {
      const auto found = results_.find(fmt::format("augmentation {:g}", ratio));
      if (found == results_.end() || found->second.confusions.empty()) continue;
      curve.x.push_back(ratio);
      curve.y.push_back(statistics::summarise(found->second.each(&Confusion::accuracy)).mean);
    }
    if (curve.x.size() > 1) metrics.curves.push_back(std::move(curve));
  }

  std::map<std::string, std::string> notes() const {
    std::map<std::string, std::string> notes{
        {"counts", "real_count and synthetic_count are the traces a classifier was trained on"},
        {"floor", "of TSTR: trained on real traces, as many of each class as TSTR has synthetic ones"},
        {"interval",
         "95 %, Student's t over repeats; a repeat has its own classifier seed and draws; one split, one generator"},
        {"few-real",
         "the synthetic traces come from a generator that saw the whole training part: optimistic for little data"}};
    std::string missing;
    for (std::size_t i = 0; i < classes_; ++i)
      if (train_counts_[i] > 0 && study_.synthetic.rows[i].empty())
        missing += (missing.empty() ? "" : ", ") + study_.classes.names()[i];
    if (!missing.empty()) notes["classes without synthetic traces"] = missing;
    for (const auto& [set, name] :
         {std::pair{&study_.train, "train"}, {&study_.test, "test"}, {&study_.synthetic, "synthetic"}})
      if (set->unlabelled > 0)
        notes[fmt::format("left out: unlabelled, {}", name)] = fmt::format("{}", set->unlabelled);
    return notes;
  }

  const Study& study_;
  const ProtocolOptions& options_;
  const TrainAndPredict& classifier_;
  Context& context_;
  std::size_t classes_;
  Counts train_counts_, synthetic_counts_;  ///< of each class; TSTR trains on the latter
  std::vector<std::size_t> seen_, unseen_;
  std::map<std::string, Results> results_;
  std::uint64_t done_ = 0;
};

}  // namespace

Study make_study(const Traces& train, const Traces& test, const Traces& synthetic, const FeatureRecipe& recipe) {
  Study study;
  for (const auto* set : {&train, &test, &synthetic}) study.classes.add(set->class_names(), set->table().label.id);
  study.train = labelled(train, study.classes, recipe, "training");
  study.test = labelled(test, study.classes, recipe, "test");
  study.synthetic = labelled(synthetic, study.classes, recipe, "synthetic");

  // By the first channel alone, as sizes repeat and times hardly do (metrics, section 4).
  const statistics::TraceKeys keys({recipe.channels.front()}, recipe.packets);
  const auto known = statistics::count_keys(keys.of(train));
  study.seen_by = recipe.channels.front();
  const auto test_keys = keys.of(test);
  for (std::size_t row = 0; row < test.size(); ++row)
    if (test.label(row) >= 0) study.seen.push_back(known.contains(test_keys[row]));
  return study;
}

Metrics run_protocols(const Study& study, const ProtocolOptions& options, const TrainAndPredict& classifier,
                      Context& context) {
  return Protocols(study, options, classifier, context).run();
}

}  // namespace morgana::downstream
