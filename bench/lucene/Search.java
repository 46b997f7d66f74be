/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Search DIRECTORY QUERIES IDS - bench/queries' file against Build's index
 *
 * After the javadoc of IndexSearcher (one for all queries, nothing counted
 * beyond the threshold by which WAND skips), QueryBuilder (a query of words as
 * the analyzer has them), PrefixQuery (its default rewriting), BooleanQuery
 * (FILTER, which does not score), IndexOrDocValuesQuery (a range of days),
 * BinaryDocValues (ids) and UnifiedHighlighter (the texts are stored, and
 * analyzed again as by default; one passage each).  BM25 with its defaults; no
 * query cache, as no query comes twice in earnest.  FSDirectory.open() maps
 * files on Linux.
 *
 * WARM_UP rounds over a case for the compiler, or as many as so many seconds
 * (-Dwarmup=5) have room for, and then the one that counts.
 */
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.SortedNumericDocValuesField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexOrDocValuesQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.uhighlight.UnifiedHighlighter;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.QueryBuilder;

final class Search {
	private static final String FIELD = "all";
	private static final int TOP = 10;
	private static final int WARM_UP = 3;
	private static final long WARM_UP_NS =
			1_000_000_000L * Integer.getInteger("warmup", 5);

	private final IndexSearcher searcher;
	private final Analyzer analyzer = new EnglishAnalyzer();
	private final QueryBuilder builder = new QueryBuilder(analyzer);
	private final QueryBuilder wordsBuilder =
		new QueryBuilder(new StandardAnalyzer());
	private final boolean hasWords;
	private boolean ofWords;
	private final UnifiedHighlighter highlighter;
	private final PrintStream ids;

	private Search(IndexReader reader, PrintStream ids) {
		this.ids = ids;
		hasWords = FieldInfos.getIndexedFields(reader)
			.contains(Build.WORDS);
		searcher = new IndexSearcher(reader);
		searcher.setQueryCache(null);
		highlighter = new UnifiedHighlighter(searcher, analyzer);
		highlighter.setFieldMatcher(name -> true);
	}

	private static Query found(Query query) {
		return query == null ? new MatchNoDocsQuery() : query;
	}

	private Query words(String words, Occur occur) {
		return found(builder.createBooleanQuery(FIELD, words, occur));
	}

	/* Of the very words, where Build kept them, or of stems. */
	private Query prefix(String words) {
		int blank = words.lastIndexOf(' ');
		Query prefix = new PrefixQuery(
				new Term(ofWords ? Build.WORDS : FIELD,
					words.substring(blank + 1)));

		if (blank < 0)
			return prefix;
		return new BooleanQuery.Builder()
			.add(words(words.substring(0, blank), Occur.MUST),
					Occur.MUST)
			.add(prefix, Occur.MUST)
			.build();
	}

	private static long day(String date) {
		return Long.parseLong(date.replace("-", ""));
	}

	private Query dated(String words, String since, String until) {
		long first = day(since);
		long last = day(until);
		Query range = new IndexOrDocValuesQuery(
			LongPoint.newRangeQuery("day", first, last),
			SortedNumericDocValuesField.newSlowRangeQuery("day",
				first, last));

		return new BooleanQuery.Builder()
			.add(words(words, Occur.SHOULD), Occur.MUST)
			.add(range, Occur.FILTER)
			.build();
	}

	/* Of the very words, where Build kept them, or of stems. */
	private Query phrase(String phrase) {
		return found(ofWords ? wordsBuilder.createPhraseQuery(
					Build.WORDS, phrase)
				     : builder.createPhraseQuery(FIELD, phrase));
	}

	private Query query(String[] line) {
		switch (line[0]) {
		case "all":
		case "all-snippets":
			return words(line[1], Occur.MUST);
		case "phrase":
			return phrase(line[1]);
		case "prefix":
			return prefix(line[1]);
		case "date":
			return dated(line[1], line[2], line[3]);
		default:
			return words(line[1], Occur.SHOULD);
		}
	}

	/* An iterator goes forward alone: one for each hit. */
	private String id(int document) throws IOException {
		List<LeafReaderContext> leaves =
			searcher.getIndexReader().leaves();
		LeafReaderContext leaf =
			leaves.get(ReaderUtil.subIndex(document, leaves));
		BinaryDocValues values =
			leaf.reader().getBinaryDocValues("id");

		values.advanceExact(document - leaf.docBase);
		return values.binaryValue().utf8ToString();
	}

	private String[] answer(String[] line) throws IOException {
		Query query = query(line);
		TopDocs top = searcher.search(query, TOP);
		String[] hits = new String[top.scoreDocs.length];

		for (int i = 0; i < hits.length; i++)
			hits[i] = id(top.scoreDocs[i].doc);
		if (line[0].endsWith("-snippets"))
			highlighter.highlight("text", query, top);
		return hits;
	}

	private long round(List<String[]> lines, long[] took, PrintStream out)
			throws IOException {
		long hits = 0;

		for (int i = 0; i < took.length; i++) {
			long start = System.nanoTime();
			String[] answer = answer(lines.get(i));

			took[i] = System.nanoTime() - start;
			hits += answer.length;
			if (out != null)
				out.println(lines.get(i)[0] + "\t" + (i + 1)
					+ "\t" + String.join(" ", answer));
		}
		return hits;
	}

	private static double percentile(long[] sorted, int p) {
		return sorted[sorted.length * p / 100] / 1e3;
	}

	/* Phrases and prefixes twice: of words, as trawl has them, and then of
	 * stems. */
	private void measure(List<String[]> lines) throws IOException {
		String what = lines.get(0)[0];
		boolean twice = what.equals("phrase") || what.equals("prefix");

		ofWords = hasWords;
		measure(lines, "lucene", ids);
		ofWords = false;
		if (twice && hasWords)
			measure(lines, "lucene-stems", null);
	}

	private void measure(List<String[]> lines, String engine,
			PrintStream ids) throws IOException {
		long[] took = new long[lines.size()];

		long start = System.nanoTime();
		round(lines, took, ids);
		for (int i = 1; i < WARM_UP
				|| System.nanoTime() - start < WARM_UP_NS; i++)
			round(lines, took, null);
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		long cpu = threads.getCurrentThreadCpuTime();
		long hits = round(lines, took, null);
		cpu = threads.getCurrentThreadCpuTime() - cpu;
		double seconds = Arrays.stream(took).sum() / 1e9;
		Arrays.sort(took);
		System.out.printf("{\"group\":\"search\",\"engine\":\"%s\","
			+ "\"case\":\"%s\",\"queries\":%d,\"seconds\":%.6f,"
			+ "\"cpu_seconds\":%.6f,\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,"
			+ "\"hits\":%d}%n", engine, lines.get(0)[0], took.length,
			seconds, cpu / 1e9, percentile(took, 50),
			percentile(took, 90), percentile(took, 99), hits);
	}

	/* The same case as long as it is the same. */
	private void measureCases(List<String> all) throws IOException {
		List<String[]> lines = new ArrayList<>();

		for (String line : all) {
			String[] fields = line.split("\t", -1);

			if (!lines.isEmpty() &&
			    !lines.get(0)[0].equals(fields[0])) {
				measure(lines);
				lines.clear();
			}
			lines.add(fields);
		}
		if (!lines.isEmpty())
			measure(lines);
	}

	public static void main(String[] args) throws IOException {
		try (PrintStream ids = args[2].equals("-") ? null
				: new PrintStream(args[2], "UTF-8");
		     FSDirectory directory =
				FSDirectory.open(Paths.get(args[0]));
		     IndexReader reader = DirectoryReader.open(directory)) {
			new Search(reader, ids).measureCases(Files.readAllLines(
				Paths.get(args[1]), StandardCharsets.UTF_8));
		}
	}
}
