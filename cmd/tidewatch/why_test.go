package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A language model words the text of explain if it keeps to the facts; its endpoint may stand in tidewatch.yaml, its key in the environment alone.
func TestExplainByModel(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("id,time,value\n")
	for i := range 24 {
		b.WriteString("lamp," + []string{"2022", "2023"}[i/12] + "-" + []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"}[i%12] + ",100\n")
	}
	if err := os.WriteFile(filepath.Join(dir, "s.csv"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	answer := ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") != "Bearer k" || !strings.Contains(string(asked), `\"name\":\"lamp\"`) {
			t.Errorf("asked %q with %q", asked, r.Header.Get("Authorization"))
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]string{"content": answer}}}})
	}))
	defer s.Close()
	if err := os.WriteFile(filepath.Join(dir, "tidewatch.yaml"), []byte("explain:\n  llm-url: "+s.URL+"\n  llm-model: local\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const command = "TIDEWATCH_LLM_KEY=k tidewatch explain --in s.csv --horizon 2 --method naive --id lamp"
	answer = "For lamp we expect 200 [f2] in the 2 months from 1 Jan 2024, as before: it was 200 [f1]."
	if out := shell(t, dir, command); !strings.Contains(out, "For “lamp” we expect 200 in the 2 months") || !strings.Contains(out, "Text by local") {
		t.Errorf("the text of the model is not shown:\n%s", out)
	}
	answer = "For lamp we expect 300 [f2] in the 2 months from 1 Jan 2024, up from 200 [f1]."
	if out := shell(t, dir, command); !strings.Contains(out, "“lamp”: the 2 months") || !strings.Contains(out, "was not used: “300” is not fact f2") {
		t.Errorf("a lie is shown, or nothing is said of it:\n%s", out)
	}
}
