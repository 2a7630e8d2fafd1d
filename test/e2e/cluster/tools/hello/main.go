// SPDX-License-Identifier: MIT
// What the cluster's own test runs in its pods: one static program, so that its image is one file.
//
//	hello serve FOLDER   answers on :8080 with "<pod> <how often the FOLDER saw a start>"
//	hello ask URL        prints the answer; fails after three seconds without one
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "hello:", err)
		os.Exit(1)
	}
}

// One more start, written down in the folder: tells whether a pod came back with its data.
func countStart(folder string) int {
	file := filepath.Join(folder, "starts")
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		fail(err)
	}
	count, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	fail(os.WriteFile(file, []byte(strconv.Itoa(count+1)+"\n"), 0o644))
	return count + 1
}

func serve(folder string) {
	name, err := os.Hostname()
	fail(err)
	starts := countStart(folder)
	answer := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "%s %d\n", name, starts) }
	fail(http.ListenAndServe(":8080", http.HandlerFunc(answer)))
}

func ask(url string) {
	client := http.Client{Timeout: 3 * time.Second}
	response, err := client.Get(url)
	fail(err)
	defer response.Body.Close()
	_, err = io.Copy(os.Stdout, response.Body)
	fail(err)
}

func main() {
	switch {
	case len(os.Args) == 3 && os.Args[1] == "serve":
		serve(os.Args[2])
	case len(os.Args) == 3 && os.Args[1] == "ask":
		ask(os.Args[2])
	default:
		fail(fmt.Errorf("usage: hello serve FOLDER | hello ask URL"))
	}
}
