/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Build FILE DIRECTORY THREADS MEGABYTES [add] - JSON Lines into a Lucene index
 *
 * After https://cwiki.apache.org/confluence/display/lucene/ImproveIndexingSpeed
 * (one IndexWriter for several threads, flushed by memory and with a large
 * buffer, documents and fields used again, no compound files) and the javadoc
 * of IndexWriter.forceMerge(1) for an index that will not change.  Fields are
 * stored, as the other engines do; commit() syncs the files.  With "add" they
 * go into the index that is there, each in the place of one with its id
 * (updateDocument), and are merged when the merge policy finds it worth while.
 *
 * What Search.java reads: title and text are searched as one field, "all", that
 * is not stored, which is half the work of a query for two fields and gives a
 * document one length; a title can be searched alone, too.  The day is a point
 * and doc values, as the javadoc of IndexOrDocValuesQuery says for ranges; an id
 * is fetched from doc values, as stored fields are packed with whole texts.
 */
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.SortedNumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

final class Build {
	static final String WORDS = "words";
	private static final boolean WITH_WORDS =
		System.getenv("LUCENE_WORDS") != null;

	private static final JsonFactory JSON = new JsonFactory();
	private static final Pattern DAY =
		Pattern.compile("\\d{4}-\\d\\d-\\d\\d");

	private final BufferedReader in;
	private final IndexWriter writer;
	private final boolean add;

	private Build(BufferedReader in, IndexWriter writer, boolean add) {
		this.in = in;
		this.writer = writer;
		this.add = add;
	}

	/* A thread's own document; its fields are filled anew for each line. */
	private static final class Article {
		final Document document = new Document();
		final Field[] fields = {
			new StringField("id", "", Field.Store.YES),
			new TextField("title", "", Field.Store.YES),
			new StoredField("text", ""),
			new StoredField("date", ""),
			new StringField("source", "", Field.Store.YES),
		};
		final Field[] all = {
			null,
			new TextField("all", "", Field.Store.NO),
			new TextField("all", "", Field.Store.NO),
			null,
			null,
		};
		/* The very words, as trawl's phrases are of them: to compare those. */
		final Field[] words = {
			null,
			new TextField(WORDS, "", Field.Store.NO),
			new TextField(WORDS, "", Field.Store.NO),
			null,
			null,
		};
		final Field idValue = new BinaryDocValuesField("id",
				new BytesRef());
		final Field day = new LongPoint("day", 0);
		final Field dayValue = new SortedNumericDocValuesField("day", 0);

		void read(String line) throws IOException {
			document.clear();
			try (JsonParser parser = JSON.createParser(line)) {
				parser.nextToken();
				while (parser.nextToken() == JsonToken.FIELD_NAME)
					take(parser.getCurrentName(), parser);
			}
		}

		private void take(String name, JsonParser parser)
				throws IOException {
			if (parser.nextToken() != JsonToken.VALUE_STRING) {
				parser.skipChildren();
				return;
			}
			for (int i = 0; i < fields.length; i++)
				if (fields[i].name().equals(name))
					add(i, parser.getText());
		}

		private void add(int i, String value) {
			fields[i].setStringValue(value);
			document.add(fields[i]);
			if (all[i] != null) {
				all[i].setStringValue(value);
				document.add(all[i]);
			}
			if (WITH_WORDS && words[i] != null) {
				words[i].setStringValue(value);
				document.add(words[i]);
			}
			if (fields[i].name().equals("id")) {
				idValue.setBytesValue(new BytesRef(value));
				document.add(idValue);
			} else if (fields[i].name().equals("date")) {
				addDay(value);
			}
		}

		/* 2015-01-31 and what follows is 20150131. */
		private void addDay(String date) {
			if (!DAY.matcher(date).lookingAt())
				return;
			long n = Long.parseLong(date.substring(0, 10)
					.replace("-", ""));
			day.setLongValue(n);
			dayValue.setLongValue(n);
			document.add(day);
			document.add(dayValue);
		}
	}

	private String nextLine() throws IOException {
		synchronized (in) {
			return in.readLine();
		}
	}

	private Void index() throws IOException {
		Article article = new Article();
		String line;

		while ((line = nextLine()) != null) {
			article.read(line);
			if (add)
				writer.updateDocument(new Term("id",
					article.document.get("id")),
					article.document);
			else
				writer.addDocument(article.document);
		}
		return null;
	}

	private void indexIn(int threads) throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(threads);
		List<Callable<Void>> work = new ArrayList<>();

		for (int i = 0; i < threads; i++)
			work.add(this::index);
		for (Future<Void> done : pool.invokeAll(work))
			done.get();
		pool.shutdown();
	}

	public static void main(String[] args) throws Exception {
		IndexWriterConfig config = new IndexWriterConfig(
			new PerFieldAnalyzerWrapper(new EnglishAnalyzer(),
				Map.of(WORDS, new StandardAnalyzer())));

		boolean add = args.length > 4 && args[4].equals("add");

		config.setOpenMode(add ? IndexWriterConfig.OpenMode.APPEND
				       : IndexWriterConfig.OpenMode.CREATE);
		config.setRAMBufferSizeMB(Integer.parseInt(args[3]));
		config.setUseCompoundFile(false);
		try (BufferedReader in = Files.newBufferedReader(
				Paths.get(args[0]), StandardCharsets.UTF_8);
		     FSDirectory directory = FSDirectory.open(Paths.get(args[1]));
		     IndexWriter writer = new IndexWriter(directory, config)) {
			new Build(in, writer, add)
				.indexIn(Integer.parseInt(args[2]));
			if (!add)
				writer.forceMerge(1);
			writer.commit();
		}
	}
}
