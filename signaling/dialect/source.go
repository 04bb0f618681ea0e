package dialect

// Source returns the text of a shipped profile, as its author wrote it.
func Source(name string) (text []byte, ok bool) {
	if _, ok := Find(name); !ok {
		return nil, false
	}
	text, err := shippedFiles.ReadFile("profiles/" + name + ".toml")
	return text, err == nil
}
