/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Build FILE DIRECTORY THREADS MEGABYTES - JSON Lines into a Lucene index
 *
 * After https://cwiki.apache.org/confluence/display/lucene/ImproveIndexingSpeed
 * (one IndexWriter for several threads, flushed by memory and with a large
 * buffer, documents and fields used again, no compound files) and the javadoc
 * of IndexWriter.forceMerge(1) for an index that will not change.  Fields are
 * stored, as the other engines do; commit() syncs the files.
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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;

final class Build {
	private static final JsonFactory JSON = new JsonFactory();

	private final BufferedReader in;
	private final IndexWriter writer;

	private Build(BufferedReader in, IndexWriter writer) {
		this.in = in;
		this.writer = writer;
	}

	/* A thread's own document; its fields are filled anew for each line. */
	private static final class Article {
		final Document document = new Document();
		final Field[] fields = {
			new StringField("id", "", Field.Store.YES),
			new TextField("title", "", Field.Store.YES),
			new TextField("text", "", Field.Store.YES),
			new StringField("date", "", Field.Store.YES),
			new StringField("source", "", Field.Store.YES),
		};

		Article() {
			for (Field field : fields)
				document.add(field);
		}

		void read(String line) throws IOException {
			for (Field field : fields)
				field.setStringValue("");
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
			for (Field field : fields)
				if (field.name().equals(name))
					field.setStringValue(parser.getText());
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
		IndexWriterConfig config =
			new IndexWriterConfig(new EnglishAnalyzer());

		config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
		config.setRAMBufferSizeMB(Integer.parseInt(args[3]));
		config.setUseCompoundFile(false);
		try (BufferedReader in = Files.newBufferedReader(
				Paths.get(args[0]), StandardCharsets.UTF_8);
		     FSDirectory directory = FSDirectory.open(Paths.get(args[1]));
		     IndexWriter writer = new IndexWriter(directory, config)) {
			new Build(in, writer).indexIn(Integer.parseInt(args[2]));
			writer.forceMerge(1);
			writer.commit();
		}
	}
}
