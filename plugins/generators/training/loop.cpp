// SPDX-License-Identifier: Apache-2.0
#include "training/loop.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "morgana/tensor.hpp"
#include "training/checkpoint.hpp"

namespace morgana::training {
namespace {

constexpr std::size_t kReadEvery = 8;      // steps between two looks at a GPU's losses: each waits for it
constexpr std::size_t kMostPoints = 1000;  // of a curve

}  // namespace

Loop::Loop(Context& context, LoopSettings settings, std::map<std::string, FlatParameters*> networks,
           std::vector<std::string> curve_names)
    : context_(context),
      settings_(settings),
      networks_(std::move(networks)),
      curve_names_(std::move(curve_names)),
      latest_(curve_names_.size(), 0),
      points_(curve_names_.size()) {}

double Loop::elapsed_seconds() const {
  return seconds_before_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Loop::run(const Step& step) {
  start_ = std::chrono::steady_clock::now();
  resume();
  double saved_at = elapsed_seconds();
  while (done_ < settings_.steps) {
    const double by_steps = static_cast<double>(done_) / static_cast<double>(settings_.steps);
    const double by_time = settings_.minutes > 0 ? elapsed_seconds() / (60 * settings_.minutes) : 0;
    if (by_time >= 1) break;
    unread_.push_back(step(done_, std::max(by_steps, by_time)));
    ++done_;
    if (unread_.back().front().is_cpu() || unread_.size() >= kReadEvery || done_ == settings_.steps) {
      read_losses();
      // With a time budget the end is where the present speed leads.
      const auto total = by_time > by_steps ? std::llround(static_cast<double>(done_) / by_time) : settings_.steps;
      context_.progress({static_cast<std::uint64_t>(done_), static_cast<std::uint64_t>(total), "steps",
                         fmt::format("{} {:.4f}", curve_names_.front(), latest_.front())});
    }
    if (context_.stop_requested()) {
      save();
      throw Stopped();
    }
    if (elapsed_seconds() - saved_at >= settings_.checkpoint_seconds) {
      save();
      saved_at = elapsed_seconds();
    }
  }
  read_losses();
}

void Loop::read_losses() {
  if (unread_.empty()) return;
  std::vector<at::Tensor> all;
  for (const auto& losses : unread_) all.push_back(at::stack(losses));
  const auto values = at::stack(all).to(at::kCPU, at::kDouble).contiguous();
  const std::size_t curves = curve_names_.size();
  for (std::size_t i = 0; i < unread_.size(); ++i) {
    const auto* row = values.const_data_ptr<double>() + i * curves;
    latest_.assign(row, row + curves);
    if (!std::isfinite(latest_.front()))
      throw Error("the loss is not finite any more at step {}", done_ - static_cast<std::int64_t>(unread_.size() - i))
          .hint("lower learning_rate, or raise warm_up");
    add_loss(latest_);
  }
  unread_.clear();
}

void Loop::add_loss(const std::vector<double>& losses) {
  if (in_window_ == 0) {
    if (points_.front().size() == kMostPoints) {
      for (auto& curve : points_) {
        for (std::size_t i = 0; i < kMostPoints / 2; ++i) curve[i] = curve[2 * i] + curve[2 * i + 1];
        curve.resize(kMostPoints / 2);
      }
      window_ *= 2;
    }
    for (auto& curve : points_) curve.push_back(0);
  }
  for (std::size_t i = 0; i < losses.size(); ++i) points_[i].back() += losses[i];
  in_window_ = (in_window_ + 1) % window_;
}

std::vector<TrainingCurve> Loop::curves() const {
  std::vector<TrainingCurve> curves;
  for (std::size_t i = 0; i < curve_names_.size(); ++i) {
    TrainingCurve curve{curve_names_[i], "steps", "", {}, {}};
    for (std::size_t j = 0; j < points_[i].size(); ++j) {
      const bool last = j + 1 == points_[i].size() && in_window_ > 0;
      const auto steps = last ? in_window_ : window_;
      curve.x.push_back(static_cast<double>(static_cast<std::int64_t>(j) * window_ + steps));
      curve.y.push_back(points_[i][j] / static_cast<double>(steps));
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

void Loop::save() {
  read_losses();
  Archive archive;
  for (const auto& [name, flat] : networks_) {
    archive.arrays[name + ".parameters"] = to_array(flat->parameters);
    archive.arrays[name + ".first_moment"] = to_array(flat->first);
    archive.arrays[name + ".second_moment"] = to_array(flat->second);
    archive.arrays[name + ".average"] = to_array(flat->average);
  }
  for (std::size_t i = 0; i < curve_names_.size(); ++i)
    archive.arrays["curve." + curve_names_[i]] = Array::of(std::vector<double>(points_[i]));
  archive.arrays["steps"] = Array::of(std::vector<std::int64_t>{done_, window_, in_window_});
  archive.arrays["seconds"] = Array::of(std::vector<double>{elapsed_seconds()});
  archive.text["morgana"] = "checkpoint/1";
  write_checkpoint(context_.checkpoints(), archive);
}

void Loop::resume() {
  const at::NoGradGuard no_gradient;
  const auto archive = read_checkpoint(context_.checkpoints());
  if (archive.arrays.empty()) return;
  const auto copy = [&](at::Tensor& to, const std::string& name) {
    const auto& from = archive.array(name);
    if (static_cast<std::int64_t>(from.count()) != to.numel())
      throw Error("the checkpoint in {} is of another network: {} elements of {} instead of {}",
                  context_.checkpoints().string(), from.count(), name, to.numel());
    to.copy_(to_tensor(from));
  };
  for (const auto& [name, flat] : networks_) {
    copy(flat->parameters, name + ".parameters");
    copy(flat->first, name + ".first_moment");
    copy(flat->second, name + ".second_moment");
    copy(flat->average, name + ".average");
  }
  for (std::size_t i = 0; i < curve_names_.size(); ++i)
    points_[i] = archive.array("curve." + curve_names_[i]).to_vector<double>();
  const auto steps = archive.array("steps").as<std::int64_t>();
  done_ = steps[0], window_ = steps[1], in_window_ = steps[2];
  seconds_before_ = archive.array("seconds").as<double>()[0];
  context_.log().info("goes on from the checkpoint at step {}", done_);
}

}  // namespace morgana::training
