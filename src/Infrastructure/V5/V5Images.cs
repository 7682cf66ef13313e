using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Postgres;
using Microsoft.EntityFrameworkCore;

namespace ImageBackend.Infrastructure.V5;

/// <summary>Reads the images of an old site from its database, page by page along the primary key.</summary>
/// <param name="newestFirst">Ordered by the first row of each file name.</param>
/// <param name="pageRows">Rows, not images. A dry run peaked at 160 MB with 5,000 and at 127 MB with 1,000, and took as long.</param>
/// <param name="tries">How often a page is tried while the server can't be reached: seven tries take about a minute.</param>
internal sealed class V5Images(PostgresUrl url, bool newestFirst, int pageRows = 1000, int tries = 7) : IV5Images
{
    private readonly DbContextOptions<V5Context> _once = V5Context.OptionsFor(url, tries: 1);
    private readonly DbContextOptions<V5Context> _patient = V5Context.OptionsFor(url, tries);

    public async IAsyncEnumerable<string> ListKeysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int? last = null;
        while (true)
        {
            // A failure at the start is usually a wrong setting; later, the server is being restarted.
            Page page = await QueryAsync(last is null ? _once : _patient, context => ReadAsync(context, last, cancellationToken));
            foreach (string key in page.Keys)
            {
                yield return key;
            }

            if (page.Last is null)
            {
                yield break;
            }

            last = page.Last;
        }
    }

    public async Task<string?> FindKeyAsync(string name, CancellationToken cancellationToken)
    {
        // No row has a drawing's own name, only its raster's.
        string stem = Path.GetFileNameWithoutExtension(name);
        string[] names = Path.GetExtension(name) == ".svg" ? [name, $"{stem}.png", $"{stem}.jpg", $"{stem}.gif"] : [name];
        Dictionary<string, Facts> found = await QueryAsync(_once, context => FactsOfAsync(context, names, cancellationToken));
        return found.Values.Where(facts => facts.FileName == name || facts.HasDrawing > 0).Select(facts => facts.Key).FirstOrDefault();
    }

    private static IQueryable<V5Archive> Named(V5Context context) => context.Archives.Where(row => row.FileName != null);

    // Two queries, since a group or an anti-join that yields one page of names would sort or hash the whole table for each page.
    private async Task<Page> ReadAsync(V5Context context, int? last, CancellationToken cancellationToken)
    {
        IQueryable<V5Archive> rows = newestFirst
            ? Named(context).Where(row => last == null || row.Id < last).OrderByDescending(row => row.Id)
            : Named(context).Where(row => last == null || row.Id > last).OrderBy(row => row.Id);
        V5Archive[] page = await rows.Take(pageRows).ToArrayAsync(cancellationToken);
        Dictionary<string, Facts> facts = await FactsOfAsync(context, [.. page.Select(row => row.FileName!).Distinct()], cancellationToken);
        return new Page(
            [.. page.Where(row => facts.TryGetValue(row.FileName!, out Facts? one) && one.First == row.Id).Select(row => facts[row.FileName!].Key)],
            page.Length < pageRows ? null : page[^1].Id);
    }

    private static Task<Dictionary<string, Facts>> FactsOfAsync(V5Context context, string[] names, CancellationToken cancellationToken) =>
        context.Archives
            .Where(row => names.Contains(row.FileName))
            .GroupBy(row => row.FileName!)
            .Select(group => new Facts(group.Key, group.Min(row => row.Id), group.Max(row => row.HasSvg == true ? 1 : 0)))
            .ToDictionaryAsync(facts => facts.FileName, cancellationToken);

    private async Task<T> QueryAsync<T>(DbContextOptions<V5Context> options, Func<V5Context, Task<T>> query)
    {
        try
        {
            await using V5Context context = new(options);
            return await query(context);
        }
        catch (Exception exception) when (DatabaseFaults.IsOfDatabase(exception))
        {
            throw DatabaseFaults.Of($"The V5 database {url}", exception);
        }
    }

    /// <param name="First">The first row of this name.</param>
    /// <param name="HasDrawing">1 if one row says so: then the drawing exists, and the other rows are older.</param>
    private sealed record Facts(string FileName, int First, int HasDrawing)
    {
        public string Key => HasDrawing > 0 ? Path.ChangeExtension(FileName, "svg") : FileName;
    }

    /// <param name="Last">The last row that was read; null: there are no more.</param>
    private sealed record Page(IReadOnlyList<string> Keys, int? Last);
}
