// Command main checks an exported log with Go's own code for checksum databases (golang.org/x/mod/sumdb), none of ours.
//
//	main DIR VKEY OLDSIZE INDEX...
//
// DIR is a folder, or the address a hub serves its log at; the bearer token is then in the environment variable TOKEN.
// It prints origin, size and root, then the inclusion proof of every INDEX and the consistency proof from OLDSIZE, one hash a line.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// tiles reads hash tiles; C2SP paths are Go's without the height.
type tiles struct{ dir string }

func (t tiles) Height() int                         { return height }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range want {
		data, err := read(t.dir, strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// read gives one resource of the log. Go's transport asks for gzip and unpacks it.
func read(dir, path string) ([]byte, error) {
	if !strings.HasPrefix(dir, "http://") {
		return os.ReadFile(filepath.Join(dir, path))
	}
	request, err := http.NewRequest("GET", dir+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("TOKEN"))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return io.ReadAll(response.Body)
}

func openCheckpoint(dir, vkey string) (string, tlog.Tree) {
	data, err := read(dir, "checkpoint")
	must(err)
	verifier, err := note.NewVerifier(vkey)
	must(err)
	opened, err := note.Open(data, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return lines[0], tlog.Tree{N: size, Hash: root}
}

// entries hashes every entry of every bundle into a tree of Go's own making.
func entries(dir string, size int64) tlog.Hash {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, i := range indexes {
			hashes = append(hashes, stored[i])
		}
		return hashes, nil
	})
	for n := int64(0); n < size; {
		tile := tlog.Tile{H: height, L: 0, N: n / 256, W: 256}
		if size-n < 256 {
			tile.W = int(size - n)
		}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := read(dir, path)
		must(err)
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			hashes, err := tlog.StoredHashes(n, data[2:2+length], reader)
			must(err)
			stored = append(stored, hashes...)
			data = data[2+length:]
			n++
		}
	}
	root, err := tlog.TreeHash(size, reader)
	must(err)
	return root
}

func main() {
	dir := os.Args[1]
	origin, tree := openCheckpoint(dir, os.Args[2])
	if root := entries(dir, tree.N); root != tree.Hash {
		must(fmt.Errorf("entries give root %v, signed is %v", root, tree.Hash))
	}
	reader := tlog.TileHashReader(tree, tiles{dir})
	fmt.Println(origin, tree.N, tree.Hash)
	for _, arg := range os.Args[4:] {
		index, err := strconv.ParseInt(arg, 10, 64)
		must(err)
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		must(err)
		fmt.Println("index", index)
		for _, hash := range proof {
			fmt.Println(hash)
		}
	}
	old, err := strconv.ParseInt(os.Args[3], 10, 64)
	must(err)
	proof, err := tlog.ProveTree(tree.N, old, reader)
	must(err)
	fmt.Println("from", old)
	for _, hash := range proof {
		fmt.Println(hash)
	}
}
