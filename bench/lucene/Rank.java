/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rank DOCUMENTS QUERIES DIRECTORY [FIELD...] - Lucene's ranking, as TREC has it
 *
 * JSON Lines with "id" and the fields to be searched (title and text) into one
 * field of EnglishAnalyzer's words, and "id TAB text" queries of any of the
 * words: BM25 with k1 1.2 and b 0.75, which are its defaults, to a depth of
 * 100.  DIRECTORY is made.  One segment, so that documents of one score come
 * in the order of the file.
 */
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.QueryBuilder;

final class Rank {
	private static final String FIELD = "all";
	private static final int DEPTH = 100;
	private static final JsonFactory JSON = new JsonFactory();

	private final Analyzer analyzer = new EnglishAnalyzer();
	private final BM25Similarity bm25 = new BM25Similarity(1.2f, 0.75f);

	private static Document read(String line, List<String> names)
			throws IOException {
		Document document = new Document();

		try (JsonParser parser = JSON.createParser(line)) {
			parser.nextToken();
			while (parser.nextToken() == JsonToken.FIELD_NAME) {
				String name = parser.getCurrentName();

				if (parser.nextToken() != JsonToken.VALUE_STRING)
					parser.skipChildren();
				else if (name.equals("id"))
					document.add(new StringField("id",
						parser.getText(), Field.Store.YES));
				else if (names.contains(name))
					document.add(new TextField(FIELD,
						parser.getText(), Field.Store.NO));
			}
		}
		return document;
	}

	private void index(FSDirectory directory, Path file, List<String> names)
			throws IOException {
		IndexWriterConfig config = new IndexWriterConfig(analyzer);

		config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
		config.setSimilarity(bm25);
		try (IndexWriter writer = new IndexWriter(directory, config);
		     Stream<String> lines = Files.lines(file,
				StandardCharsets.UTF_8)) {
			for (String line : (Iterable<String>) lines::iterator)
				writer.addDocument(read(line, names));
			writer.forceMerge(1);
		}
	}

	private void rank(IndexSearcher searcher, String line, PrintStream out)
			throws IOException {
		String[] part = line.split("\t", 2);
		Query query = new QueryBuilder(analyzer)
			.createBooleanQuery(FIELD, part[1], Occur.SHOULD);
		int rank = 0;

		if (query == null)
			return;
		for (ScoreDoc hit : searcher.search(query, DEPTH).scoreDocs)
			out.println(part[0] + " Q0 "
				+ searcher.doc(hit.doc).get("id") + " " + ++rank
				+ " " + hit.score + " lucene");
	}

	public static void main(String[] args) throws IOException {
		Rank rank = new Rank();

		BooleanQuery.setMaxClauseCount(4096);
		try (FSDirectory directory = FSDirectory.open(Paths.get(args[2]));
		     PrintStream out = new PrintStream(
				new BufferedOutputStream(System.out), false,
				"UTF-8")) {
			rank.index(directory, Paths.get(args[0]), Arrays.asList(args)
				.subList(3, args.length));
			try (IndexReader reader = DirectoryReader.open(directory)) {
				IndexSearcher searcher = new IndexSearcher(reader);

				searcher.setSimilarity(rank.bm25);
				for (String line : Files.readAllLines(
						Paths.get(args[1]),
						StandardCharsets.UTF_8))
					if (line.indexOf('\t') > 0)
						rank.rank(searcher, line, out);
			}
		}
	}
}
