#!/bin/bash
# Judges the agent's patch; the reward (0 or 1) goes where Harbor looks for it.
mkdir -p /logs/verifier
echo 0 > /logs/verifier/reward.txt
python "$(dirname "$0")/verify.py"
