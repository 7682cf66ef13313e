using ImageBackend.Infrastructure.Postgres;
using Microsoft.EntityFrameworkCore;

namespace ImageBackend.Infrastructure.V5;

/// <summary>What is read from an old site's database. It can't write: the row has no key, saving throws, and the server refuses.</summary>
internal sealed class V5Context(DbContextOptions<V5Context> options) : DbContext(options)
{
    private const string Refusal = "The old site's database is only read.";

    public IQueryable<V5Archive> Archives => Set<V5Archive>();

    /// <param name="tries">How often a query is tried while the server can't be reached, with growing pauses.</param>
    public static DbContextOptions<V5Context> OptionsFor(PostgresUrl url, int tries) =>
        new DbContextOptionsBuilder<V5Context>()
            .UseNpgsql(url.ToConnectionString(isReadOnly: true), postgres =>
            {
                postgres.CommandTimeout(120); // the queries scan the whole table, which has no index on names
                if (tries > 1)
                {
                    // 57P01: the server is being restarted.
                    postgres.EnableRetryOnFailure(tries - 1, TimeSpan.FromSeconds(20), ["57P01"]);
                }
            })
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .Options;

    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw new NotSupportedException(Refusal);

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException(Refusal);

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<V5Archive>(row =>
    {
        row.HasNoKey().ToView("app_images_archives");
        row.Property(one => one.Id).HasColumnName("image_archive_id");
        row.Property(one => one.FileName).HasColumnName("filename");
        row.Property(one => one.HasSvg).HasColumnName("has_svg");
    });
}

/// <summary>One version of one document about an image: a file name has several, and some versions have no file name.</summary>
internal sealed class V5Archive
{
    public int Id { get; init; }

    public string? FileName { get; init; }

    /// <summary>Whether the file is a raster of the drawing of the same name with <c>.svg</c>. Rows of the same name may differ.</summary>
    public bool? HasSvg { get; init; }
}
