"""statslice"""
