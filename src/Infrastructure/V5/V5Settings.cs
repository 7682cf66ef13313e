using System.Net;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Postgres;
using ImageBackend.Infrastructure.Storage;

namespace ImageBackend.Infrastructure.V5;

/// <summary>Where an old site (V5) is migrated from; only <c>images migrate</c> needs it.</summary>
/// <param name="Database">Its database.</param>
/// <param name="Originals">Its files: a folder, or an address that ends with a slash.</param>
/// <param name="OriginalsLogin">For that address, if it requires one.</param>
/// <param name="RedirectHosts">Hosts that may be redirected to, besides the address's own.</param>
/// <param name="NewestFirst">Whether the newest images are migrated first.</param>
/// <param name="Ledger">The database with the predecessor's list of migrated images; null: no list is kept.</param>
public sealed record V5Settings(
    PostgresUrl? Database, Uri? Originals, NetworkCredential? OriginalsLogin, IReadOnlyList<string> RedirectHosts, bool NewestFirst, PostgresUrl? Ledger)
{
    private const string DatabaseName = "V5_DATABASE_URL";
    private const string OriginalsName = "V5_IMAGES_URL";

    /// <param name="target">The storage that is migrated into.</param>
    /// <exception cref="SettingsException">
    /// A setting that a migration needs is missing, or the images would be migrated into themselves.
    /// </exception>
    public void ThrowIfUnusable(IStorageBackend target)
    {
        List<string> mistakes = [];
        if (Database is null)
        {
            mistakes.Add($"{DatabaseName}: is not set; for example {DatabaseName}=postgresql://reader:password@db.example.org:5432/c2corg");
        }

        if (Originals is null)
        {
            mistakes.Add($"{OriginalsName}: is not set; for example {OriginalsName}=https://s.example.org/uploads/images/, or a folder");
        }

        if (Originals is { IsFile: true } && target.HasPlaceOf(Originals.LocalPath))
        {
            mistakes.Add($"{OriginalsName}: '{Originals.LocalPath}' is ACTIVE_FOLDER or INCOMING_FOLDER itself, whose images the migration replaces and removes; give it a copy, or another folder to migrate into");
        }

        if (mistakes.Count > 0)
        {
            throw new SettingsException(mistakes);
        }
    }

    internal static V5Settings Read(SettingsReader variables)
    {
        PostgresUrl? database = PostgresUrl.Read(variables, DatabaseName, "`images migrate`: the old site's database, `postgresql://user:password@host:5432/name?sslmode=require`; read only.");
        (Uri? originals, NetworkCredential? login) = ReadOriginals(variables);
        string[] hosts = variables.Text("V5_REDIRECT_HOSTS", "", "`images migrate`: hosts that `V5_IMAGES_URL` may redirect to, besides its own, comma-separated.")!
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        bool newestFirst = variables.Choice("V5_ORDER", ["ASC", "DESC"], "`images migrate`: the oldest images first (`ASC`), or the newest (`DESC`).") == "DESC";
        PostgresUrl? ledger = PostgresUrl.Read(variables, "BUCKET_DATABASE_URL", "`images migrate`: a database with the predecessor's list of what is migrated, to be kept up to date; not needed.");
        return new V5Settings(database, originals, login, hosts, newestFirst, ledger);
    }

    private static (Uri? Address, NetworkCredential? Login) ReadOriginals(SettingsReader variables)
    {
        string? text = variables.Text(OriginalsName, null, "`images migrate`: the old site's files, `https://host/folder/` or a folder.");
        if (text is null)
        {
            return (null, null);
        }

        if (!text.StartsWith("http:", StringComparison.OrdinalIgnoreCase) && !text.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            string folder = Path.GetFullPath(text);
            if (!Directory.Exists(folder))
            {
                variables.AddError(OriginalsName, $"the folder '{folder}' does not exist; give a folder, or an address such as https://host/folder/");
            }

            return (new Uri(folder + Path.DirectorySeparatorChar), null);
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || address.Host.Length == 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            variables.AddError(OriginalsName, "is not the address of a folder; for example https://host/folder/");
            return (null, null);
        }

        string[] login = address.UserInfo.Split(':', 2);
        return (
            new UriBuilder(address) { UserName = "", Password = "", Path = address.AbsolutePath.TrimEnd('/') + "/" }.Uri,
            address.UserInfo.Length == 0 ? null : new NetworkCredential(Uri.UnescapeDataString(login[0]), Uri.UnescapeDataString(login[^1])));
    }
}
